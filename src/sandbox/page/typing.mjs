/** Composers: drafts, Enter, attached files; and fields of forms an app hears about at once. */

import { focusOn } from './focus.mjs';
import { choose, close, suggest } from './suggest.mjs';

const drafts = new Map();

export const draftOf = (text) => drafts.get(text.id);

export const epochOf = (input) => (input.value ? String(Math.floor(new Date(input.value).getTime() / 1000)) : '');

export function clear(text) {
  text.value = '';
  delete text.dataset.touched;
  drafts.delete(text.id);
  close(text);
  const files = text.form?.querySelector('[data-files]');
  if (files?.value) {
    // What is sent has been read already.
    files.value = '';
    showFiles(files);
  }
}

export function restore(text, sent) {
  text.value = sent;
  text.dataset.touched = '';
}

/** As if it had been typed. */
export function insert(text, words) {
  focusOn(text);
  const { selectionStart: from, selectionEnd: to } = text;
  const before = text.value.slice(0, from);
  const gap = before && !/\s$/.test(before) && words.startsWith('@') ? ' ' : '';
  text.setRangeText(gap + words, from, to, 'end');
  text.dispatchEvent(new Event('input', { bubbles: true }));
}

function showFiles(input) {
  const shown = input.form.querySelector('.chosen-files');
  shown.replaceChildren(
    ...[...input.files].map((file) => {
      const chip = document.createElement('span');
      chip.className = 'chip';
      chip.textContent = file.name;
      return chip;
    }),
  );
  shown.hidden = input.files.length === 0;
}

/** A field of a form the app hears about at once. */
function pressIn(form, name) {
  const button = document.createElement('button');
  Object.assign(button, { name: 'press', value: name, hidden: true });
  button.setAttribute('formaction', form.getAttribute('action').replace(/submit$/, 'press'));
  form.append(button);
  form.requestSubmit(button);
  button.remove();
}

function onChange(event) {
  const field = event.target;
  if ('files' in field.dataset) return showFiles(field);
  // What is typed to search a list is no choice yet.
  if (field.localName === 'input' && field.closest('.pick')) return;
  const form = field.closest?.('form');
  if (!form) return;
  if ('atOnce' in form.dataset) return form.requestSubmit();
  const pressed = (field.closest('[data-press]') ?? field.querySelector('[data-press]'))?.dataset.press;
  if (pressed) pressIn(form, pressed);
}

function onKey(event) {
  const field = event.target;
  if (!('enter' in (field.dataset ?? {})) || event.isComposing) return;
  if ('suggest' in field.dataset && choose(event, field)) return;
  if (event.key === 'ArrowUp' && field.value === '' && 'draft' in field.dataset) return editLast(event, field);
  if (event.key !== 'Enter' || event.shiftKey) return;
  event.preventDefault();
  const hasFiles = field.form.querySelector('[data-files]')?.files.length > 0;
  if (field.value.trim() || hasFiles) field.form.requestSubmit();
}

/** As in Slack: up, in an empty field, is the last thing one said. */
function editLast(event, field) {
  const own = [...field.closest('.main, .pane').querySelectorAll('.message[data-own] button[value="edit"]')].at(-1);
  if (!own) return;
  event.preventDefault();
  own.click();
}

export function hearTyping() {
  addEventListener('input', (event) => {
    const field = event.target;
    if (field.id === 'nav' || field.closest?.('.emoji-picker')) return;
    field.dataset.touched = '';
    if ('draft' in field.dataset) drafts.set(field.id, field.value);
    if ('suggest' in field.dataset) suggest(field);
  });
  addEventListener('change', onChange);
  addEventListener('keydown', onKey);
  addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-type]');
    if (!button) return;
    const details = button.closest('details');
    if (details) details.open = false;
    const text = button.closest('form').querySelector('textarea');
    if (button.dataset.type.startsWith('/')) text.value = '';
    insert(text, button.dataset.type);
  });
  addEventListener('paste', (event) => {
    const input = event.target.form?.querySelector('[data-files]');
    if (!input || !event.clipboardData?.files.length) return;
    event.preventDefault();
    input.files = event.clipboardData.files;
    showFiles(input);
  });
}
