/** The list of commands above a composer, while one is typed. */

export function suggest(field) {
  const list = field.form.querySelector('.suggestions');
  if (!list) return;
  const typed = field.value.trimStart().toLowerCase();
  const bare = typed.replace(/^\/(incident)? */, '');
  let some = false;
  for (const item of list.children) {
    const fill = item.dataset.fill ?? '';
    const isMeant =
      typed.startsWith('/') &&
      typed.length < fill.length &&
      (fill.startsWith(typed) || fill.split(' ')[1]?.startsWith(bare));
    item.hidden = !isMeant;
    item.removeAttribute('aria-selected');
    some ||= isMeant;
  }
  list.hidden = !some;
  list.querySelector('li:not([hidden])')?.setAttribute('aria-selected', 'true');
}

export function choose(event, field) {
  const list = field.form.querySelector('.suggestions:not([hidden])');
  if (!list) return false;
  const items = [...list.querySelectorAll('li:not([hidden])')];
  const now = items.findIndex((item) => item.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const next = items.at((now + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length);
    items[now]?.removeAttribute('aria-selected');
    next?.setAttribute('aria-selected', 'true');
    next?.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'Tab' || event.key === 'Enter') {
    // A whole verb typed out is sent, not completed.
    if (event.key === 'Enter' && field.value.trim() === items[now]?.dataset.fill.trim()) return false;
    fill(field, items[now]);
  } else return false;
  event.preventDefault();
  return true;
}

export function fill(field, item) {
  if (!item) return;
  field.value = item.dataset.fill;
  close(field);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

export const close = (field) => field.form?.querySelector('.suggestions')?.setAttribute('hidden', '');
