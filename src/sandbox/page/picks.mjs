/** Fields in which one searches a list, and of which several may be chosen. */

const inputOf = (pick) => pick.querySelector('input[role="combobox"]');
const listOf = (pick) => pick.querySelector('[role="listbox"]');
const optionsOf = (pick) => [...listOf(pick).children].filter((option) => !option.hidden);
const chosenIn = (pick) => [...pick.querySelectorAll('input[type="hidden"]')].map((input) => input.value);
const isMany = (pick) => pick.dataset.pick.startsWith('many');

let count = 0;

function open(pick) {
  const list = listOf(pick);
  const typed = inputOf(pick).value.trim().toLowerCase();
  const chosen = chosenIn(pick);
  for (const option of list.children) {
    const fits = pick.dataset.pick.endsWith('asked') || option.textContent.toLowerCase().includes(typed);
    option.hidden = !fits || chosen.includes(option.dataset.value);
    count += 1;
    option.id ||= `option-${count}`;
  }
  list.id ||= `options-${count}`;
  list.hidden = optionsOf(pick).length === 0;
  inputOf(pick).setAttribute('aria-expanded', String(!list.hidden));
  inputOf(pick).setAttribute('aria-controls', list.id);
  mark(pick, optionsOf(pick)[0]);
}

function mark(pick, option) {
  for (const one of listOf(pick).children) one.setAttribute('aria-selected', String(one === option));
  if (option) inputOf(pick).setAttribute('aria-activedescendant', option.id);
  else inputOf(pick).removeAttribute('aria-activedescendant');
  option?.scrollIntoView({ block: 'nearest' });
}

function shut(pick) {
  listOf(pick).hidden = true;
  inputOf(pick).setAttribute('aria-expanded', 'false');
  inputOf(pick).removeAttribute('aria-activedescendant');
}

/** True when there was one to close. */
export function closePick() {
  const pick = document.querySelector('.pick:has([role="listbox"]:not([hidden]))');
  if (pick) shut(pick);
  return pick !== null;
}

function take(pick, option) {
  if (!option) return;
  if (!isMany(pick)) for (const chip of pick.querySelectorAll('.chip')) chip.remove();
  const text = option.firstElementChild?.textContent ?? option.textContent;
  const chip = document.createElement('span');
  chip.className = 'chip';
  const held = Object.assign(document.createElement('input'), {
    type: 'hidden',
    name: pick.dataset.name,
    value: option.dataset.value,
  });
  const away = Object.assign(document.createElement('button'), { type: 'button', textContent: '×' });
  away.setAttribute('aria-label', `Remove ${text}`);
  chip.append(held, text, away);
  inputOf(pick).before(chip);
  inputOf(pick).value = '';
  shut(pick);
  changed(pick);
}

const changed = (pick) => pick.dispatchEvent(new Event('change', { bubbles: true }));

let asking = 0;

/** The app is asked for what fits, when one stops typing for a moment. */
async function askApp(pick) {
  asking += 1;
  const mine = asking;
  await new Promise((resolve) => setTimeout(resolve, 200));
  if (mine !== asking) return;
  const form = pick.closest('form');
  const body = new URLSearchParams({
    view: form.elements.view.value,
    name: pick.dataset.name,
    typed: inputOf(pick).value,
  });
  const response = await fetch(form.getAttribute('action').replace(/[^/]+$/, 'suggest'), { method: 'POST', body });
  const found = response.ok ? await response.json() : [];
  if (mine !== asking) return;
  listOf(pick).replaceChildren(
    ...found.map(({ value, text, about }) => {
      const option = document.createElement('li');
      option.setAttribute('role', 'option');
      option.dataset.value = value;
      for (const [name, words] of [
        ['span', text],
        ['small', about],
      ])
        option.append(Object.assign(document.createElement(name), { textContent: words }));
      return option;
    }),
  );
  open(pick);
}

function onKey(event) {
  const pick = event.target.closest?.('.pick');
  if (!pick || event.target !== inputOf(pick)) return;
  const options = optionsOf(pick);
  const now = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  const isOpen = !listOf(pick).hidden;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (!isOpen) return open(pick);
    mark(pick, options.at((now + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length));
  } else if (event.key === 'Enter' && isOpen) {
    event.preventDefault();
    take(pick, options[now]);
  } else if (event.key === 'Backspace' && event.target.value === '') {
    const last = [...pick.querySelectorAll('.chip')].at(-1);
    last?.remove();
    if (last) changed(pick);
  } else if (event.key === 'Tab') shut(pick);
}

export function hearPicks() {
  addEventListener('keydown', onKey);
  addEventListener('input', (event) => {
    const pick = event.target.closest?.('.pick');
    if (!pick) return;
    if (pick.dataset.pick.endsWith('asked')) void askApp(pick).catch(() => {});
    else open(pick);
  });
  addEventListener('mousedown', (event) => {
    const pick = event.target.closest?.('.pick');
    for (const other of document.querySelectorAll('.pick')) if (other !== pick) shut(other);
    const option = event.target.closest?.('.pick [role="option"]');
    if (!option) return;
    event.preventDefault();
    take(pick, option);
  });
  addEventListener('click', (event) => {
    const pick = event.target.closest?.('.pick');
    if (!pick) return;
    const chip = event.target.closest('.chip');
    if (chip && event.target.localName === 'button') {
      chip.remove();
      changed(pick);
    } else if (listOf(pick).hidden && event.target === inputOf(pick)) {
      if (pick.dataset.pick.endsWith('asked')) void askApp(pick).catch(() => {});
      else open(pick);
    }
  });
}
