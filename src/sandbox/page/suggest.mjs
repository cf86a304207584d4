/** What can be completed while one types: commands, people, channels, emoji. */

const MOST = { '/': 40, '@': 10, '#': 10, ':': 8 };

export function suggest(field) {
  const list = listOf(field);
  if (!list) return;
  const begun = wordBefore(field);
  const found = begun ? matches(begun) : [];
  list.replaceChildren(...found.map((item, i) => lineOf(list, item, i)));
  list.hidden = found.length === 0;
  mark(field, list, 0);
}

/** The word the cursor stands at the end of, if it begins with a sign that is known here. */
function wordBefore(field) {
  const before = field.value.slice(0, field.selectionStart);
  const signs = field.dataset.suggest;
  if (signs.includes('/') && /^\/\S*( \S*)?$/.test(before)) return { sign: '/', word: before, from: 0 };
  const [, word] = /(?:^|\s)([@#:][\p{L}\d._+-]*)$/u.exec(before) ?? [];
  if (!word || !signs.includes(word[0]) || (word[0] === ':' && word.length < 3)) return null;
  return { sign: word[0], word, from: before.length - word.length };
}

function matches({ sign, word }) {
  const wanted = word.toLowerCase();
  const bare = sign === '/' ? wanted.replace(/^\/(incident)? */, '') : wanted.slice(1);
  const items = [...document.querySelectorAll(`#known [data-sign="${sign}"]`)];
  const ranked = items.flatMap((item) => {
    const fill = item.dataset.fill.toLowerCase();
    const name = item.firstElementChild.textContent.toLowerCase();
    if (sign === '/') {
      const isMeant = wanted.length < fill.length && (fill.startsWith(wanted) || fill.split(' ')[1]?.startsWith(bare));
      return isMeant ? [{ item, rank: 0 }] : [];
    }
    const words = [fill.slice(1), ...name.split(/[\s_]+/)];
    const rank = words.findIndex((one) => one.startsWith(bare));
    return rank < 0 ? [] : [{ item, rank }];
  });
  return ranked
    .sort((a, b) => Math.min(a.rank, 1) - Math.min(b.rank, 1))
    .slice(0, MOST[sign])
    .map(({ item }) => item);
}

function lineOf(list, item, i) {
  const line = document.importNode(item, true);
  line.id = `${list.id}-${i}`;
  line.setAttribute('role', 'option');
  line.setAttribute('aria-selected', 'false');
  return line;
}

function mark(field, list, index) {
  const lines = [...list.children];
  for (const [i, line] of lines.entries()) line.setAttribute('aria-selected', String(i === index));
  lines[index]?.scrollIntoView({ block: 'nearest' });
  if (lines[index] && !list.hidden) field.setAttribute('aria-activedescendant', lines[index].id);
  else field.removeAttribute('aria-activedescendant');
}

/** True when the key was for the list. */
export function choose(event, field) {
  const list = listOf(field);
  if (!list || list.hidden) return false;
  const lines = [...list.children];
  const now = lines.findIndex((line) => line.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    mark(field, list, (now + (event.key === 'ArrowDown' ? 1 : -1) + lines.length) % lines.length);
  } else if (event.key === 'Tab' || event.key === 'Enter') {
    if (event.shiftKey) return false;
    // A whole verb typed out is sent, not completed.
    if (event.key === 'Enter' && field.value.trim() === lines[now]?.dataset.fill.trim()) return false;
    fill(field, lines[now]);
  } else return false;
  event.preventDefault();
  return true;
}

function fill(field, line) {
  const begun = wordBefore(field);
  if (!line || !begun) return;
  field.setRangeText(line.dataset.fill, begun.from, field.selectionStart, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  close(field);
  field.focus();
}

export function close(field) {
  const list = listOf(field);
  if (!list) return;
  list.hidden = true;
  field.removeAttribute('aria-activedescendant');
}

const listOf = (field) => field.form?.querySelector('.suggestions');

addEventListener('mousedown', (event) => {
  const line = event.target.closest?.('.suggestions li');
  if (line) {
    event.preventDefault();
    fill(line.closest('form').querySelector('textarea'), line);
    return;
  }
  for (const list of document.querySelectorAll('.suggestions:not([hidden])'))
    if (!list.closest('form').contains(event.target)) list.hidden = true;
});
