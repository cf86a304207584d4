/** The new page is laid over the old one, so that focus, drafts, open menus and the place one reads stay. */

import { isAtEnd, placeIn, toEnd } from './scroll.mjs';

/** Dialogs and notices answer what somebody did: a redraw for what others did leaves them alone. */
const ANSWERS = new Set(['ask', 'notice']);

export function layPage(page, isAnswer) {
  const lists = [...document.querySelectorAll('.messages, .lines')].map((list) => ({
    list,
    atEnd: list.matches('.messages') && isAtEnd(list),
    keep: placeIn(list),
  }));
  document.title = page.title;
  document.body.dataset.ahead = page.body.dataset.ahead;
  lay(document.body, page.body, isAnswer);
  for (const { list, atEnd, keep } of lists) {
    if (!list.isConnected) continue;
    if (atEnd) toEnd(list);
    else keep();
  }
}

function lay(old, next, isAnswer) {
  for (const { name } of [...old.attributes])
    if (!next.hasAttribute(name) && !isOurs(old, name)) old.removeAttribute(name);
  for (const { name, value } of [...next.attributes]) {
    if (old.getAttribute(name) !== value && !isOurs(old, name)) old.setAttribute(name, value);
  }
  if (old.localName === 'time' || isTouched(old) || 'client' in old.dataset) return;
  layChildren(old, next, isAnswer);
  if (old.localName === 'textarea') old.value = next.value;
  if (old.localName === 'select' && old.value !== next.value) old.value = next.value;
  if (old.localName === 'input' && !['checkbox', 'radio', 'file'].includes(old.type) && !old.dataset.epoch)
    old.value = next.value;
}

function layChildren(old, next, isAnswer) {
  const byId = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  // What is gone goes first: else all that follows would be moved past it, one by one.
  const staying = new Set([...next.children].map((child) => child.id));
  for (const [id, child] of byId) if (!staying.has(id)) child.remove();
  let place = old.firstChild;
  for (const wanted of [...next.childNodes]) {
    const held = wanted.id ? byId.get(wanted.id) : isLike(place, wanted) ? place : null;
    if (!held) old.insertBefore(document.importNode(wanted, true), place);
    else if (held !== place) old.insertBefore(held, place);
    else place = place.nextSibling;
    if (!held || held.nodeType !== Node.ELEMENT_NODE) {
      if (held && held.nodeValue !== wanted.nodeValue) held.nodeValue = wanted.nodeValue;
    } else if (isAnswer || !ANSWERS.has(held.id)) {
      if (!held.isEqualNode(wanted)) lay(held, wanted, isAnswer);
    }
  }
  while (place) {
    const after = place.nextSibling;
    place.remove();
    place = after;
  }
}

const isLike = (held, wanted) =>
  held && held.nodeType === wanted.nodeType && held.nodeName === wanted.nodeName && !held.id && !wanted.id;

/** What the script alone sets. */
const isOurs = (element, name) =>
  (name === 'open' && element.localName === 'details') ||
  (['hidden', 'style'].includes(name) && 'client' in element.dataset) ||
  ['data-touched', 'data-arrived', 'data-open', 'aria-activedescendant'].includes(name);

export const isTouched = (element) => 'touched' in (element.dataset ?? {});
