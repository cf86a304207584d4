/** One picker for the whole page, put beside the button that asks for it. */

import { focusOn } from './focus.mjs';
import { insert } from './typing.mjs';

const picker = () => document.getElementById('emoji');
let asked = null;

/** True when there was one to close. */
export function closeEmoji() {
  const open = picker();
  if (!open || open.hidden) return false;
  open.hidden = true;
  asked?.isConnected && asked.focus();
  return true;
}

function openFor(button) {
  const open = picker();
  if (!open) return;
  asked = button;
  if (button.dataset.emoji === 'react') {
    const fields = (button.closest('form') ?? button.closest('.tools').querySelector('form')).elements;
    for (const name of ['back', 'in', 'ts']) open.elements[name].value = fields[name].value;
  }
  button.closest('details')?.removeAttribute('open');
  const search = open.querySelector('input[type="text"]');
  search.value = '';
  narrow('');
  open.hidden = false;
  const { top, bottom, left, right } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = open;
  const above = top - height - 8;
  const y = above > 50 ? above : Math.min(bottom + 8, innerHeight - height - 8);
  open.style.top = `${Math.max(y, 8)}px`;
  const x = button.dataset.emoji === 'type' ? left : right - width;
  open.style.left = `${Math.min(Math.max(x, 8), innerWidth - width - 8)}px`;
  focusOn(search);
}

function narrow(words) {
  const wanted = words.trim().toLowerCase();
  for (const face of picker().querySelectorAll('button')) face.hidden = !face.ariaLabel.includes(wanted);
}

export function hearEmoji() {
  addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-emoji]');
    if (button) return openFor(button);
    const open = picker();
    if (!open || open.hidden) return;
    if (!open.contains(event.target)) open.hidden = true;
  });
  addEventListener('input', (event) => {
    if (event.target.closest?.('.emoji-picker')) narrow(event.target.value);
  });
  addEventListener(
    'submit',
    (event) => {
      if (event.target !== picker()) return;
      event.target.hidden = true;
      if (asked?.dataset.emoji !== 'type') return;
      event.preventDefault();
      event.stopImmediatePropagation();
      insert(asked.closest('form').querySelector('textarea'), `:${event.submitter?.value}: `);
    },
    true,
  );
}
