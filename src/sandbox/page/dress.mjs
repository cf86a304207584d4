/** What the server cannot know: the viewer's time, what they unfolded, what they had typed. */

import { focusDialog } from './focus.mjs';
import { isTouched } from './lay.mjs';
import { inWords, localOf, now } from './times.mjs';
import { draftOf, restore } from './typing.mjs';

/** `isAnswer`: the page was drawn for what one did oneself. */
export function dress(isAnswer = false) {
  for (const time of document.querySelectorAll('time[data-format]')) {
    const at = new Date(time.dateTime);
    const shown = inWords(at, time.dataset.format);
    if (time.textContent !== shown) time.textContent = shown;
    time.title ||= inWords(at, '{date_long} {time_secs}');
  }
  for (const input of document.querySelectorAll('input[data-epoch]')) {
    if (!isTouched(input)) input.value = localOf(input.dataset.epoch);
  }
  for (const text of document.querySelectorAll('textarea[data-draft]')) {
    const draft = draftOf(text);
    if (!isTouched(text) && draft) restore(text, draft);
  }
  for (const fold of document.querySelectorAll('.fold[data-open]')) say(fold, true);
  focusDialog(isAnswer);
  tick();
  if (document.querySelector('#notice p')) fade();
}

function tick() {
  const shown = now().toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
  for (const clock of document.querySelectorAll('time[data-now]'))
    if (clock.textContent !== shown) clock.textContent = shown;
}

function say(fold, isOpen) {
  const button = fold.querySelector('[data-unfold]');
  button.textContent = isOpen ? 'Show less' : 'Show more';
  button.setAttribute('aria-expanded', String(isOpen));
}

addEventListener('click', (event) => {
  const fold = event.target.closest?.('[data-unfold]')?.closest('.fold');
  if (!fold) return;
  const isOpen = fold.toggleAttribute('data-open');
  say(fold, isOpen);
});

let fading;
export function fade() {
  clearTimeout(fading);
  fading = setTimeout(() => document.getElementById('notice')?.replaceChildren(), 8_000);
}

setInterval(tick, 1_000);
setInterval(() => dress(), 20_000);
