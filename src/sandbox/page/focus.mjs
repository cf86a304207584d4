/** Dialogs hold the focus, Escape leaves what is nearest, arrows walk through menus. */

import { closeEmoji } from './emoji.mjs';
import { closePick } from './picks.mjs';

export const dialog = () => document.querySelector('#ask .veil') ?? document.querySelector('#modal .veil');

export function focusOn(field) {
  field?.focus({ preventScroll: true });
  if (field?.localName === 'textarea') field.setSelectionRange(field.value.length, field.value.length);
}

const FIRST =
  '[autofocus], .input input:not([type=hidden]), .input textarea, .input select, footer .primary, footer .button';

let lastDialog = '';
let cameFrom = null;

/** A new dialog takes the focus and gives it back when it is gone; one that was refused shows its first fault. */
export function focusDialog(isAnswer) {
  const open = dialog();
  const id = open ? open.firstElementChild?.id || 'ask' : '';
  const wrong = open?.querySelector('.wrong :is(input:not([type=hidden]), textarea, select)');
  if (id === lastDialog) {
    if (!wrong || !isAnswer) return;
    focusOn(wrong);
    wrong.closest('.input').scrollIntoView({ block: 'nearest' });
    return;
  }
  if (!lastDialog) cameFrom = document.activeElement;
  lastDialog = id;
  if (open) return focusOn(open.querySelector(FIRST));
  if (cameFrom?.isConnected && cameFrom !== document.body) cameFrom.focus({ preventScroll: true });
  else focusOn(document.querySelector('.pane [data-draft]') ?? document.querySelector('.main [data-draft]'));
}

/** Nearest first: a list of suggestions, emoji, a menu, a dialog, an edit, the side pane. */
function leave(event) {
  // The browser's own lists close themselves.
  if (event.target.matches?.('option, select:open')) return;
  const list = document.querySelector('.suggestions:not([hidden])');
  const menu = document.querySelector('details.menu[open]');
  const dialogs = [...document.querySelectorAll('.veil')];
  const nav = document.getElementById('nav');
  if (list) list.hidden = true;
  else if (closeEmoji() || closePick()) return;
  else if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  } else if (dialogs.length > 0) dialogs.at(-1).querySelector('[data-escape], [data-close]')?.click();
  else if (nav?.checked) nav.checked = false;
  else document.querySelector('.editing a, .pane [data-escape]')?.click();
}

function keepInside(event) {
  const open = dialog();
  if (event.key !== 'Tab' || !open) return false;
  const stops = [
    ...open.querySelectorAll('a[href], button:not(.default), input:not([type=hidden]), select, textarea'),
  ].filter((one) => !one.disabled && one.tabIndex >= 0 && one.offsetParent !== null);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return false;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  return true;
}

function moveInMenu(event) {
  const menu = event.target.closest?.('details.menu[open]');
  if (!menu || !['ArrowDown', 'ArrowUp'].includes(event.key)) return false;
  const items = [...menu.querySelectorAll('.items button, .items a')].filter((one) => one.offsetParent !== null);
  const at = items.indexOf(document.activeElement);
  items.at((at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length)?.focus();
  event.preventDefault();
  return true;
}

export function hearKeys() {
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave(event);
    else if (!keepInside(event)) moveInMenu(event);
  });
  addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]'))
      if (!menu.contains(event.target)) menu.open = false;
  });
  /** Menus near the end of a list open upwards. */
  addEventListener(
    'toggle',
    (event) => {
      const menu = event.target;
      if (!menu.open || !menu.classList?.contains('menu') || menu.classList.contains('up')) return;
      const list = menu.closest('.messages')?.getBoundingClientRect();
      const { bottom } = menu.querySelector('.items').getBoundingClientRect();
      menu.classList.toggle('above', list !== undefined && bottom > list.bottom);
    },
    true,
  );
}
