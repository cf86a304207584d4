/** Keeps a page that works without it alive: sends forms in the background, and draws again what changed. */

import { choose, close, fill, suggest } from './commands.mjs';
import { inWords, localOf } from './times.mjs';

const parser = new DOMParser();

/* --- Drawing again: the new page is laid over the old one, so that focus, drafts and open menus stay. --- */

function show(text, address) {
  const page = parser.parseFromString(text, 'text/html');
  if (!page.body.dataset.live) return location.assign(address ?? location.href);
  const ends = [...document.querySelectorAll('.messages')].filter(isAtEnd).map((list) => list.id);
  document.title = page.title;
  document.body.dataset.live = page.body.dataset.live;
  lay(document.body, page.body);
  for (const list of document.querySelectorAll('.messages')) if (ends.includes(list.id)) toEnd(list);
  dress();
}

/** Dialogs and notices answer what somebody did: a redraw for what others did leaves them alone. */
const ANSWERS = new Set(['ask', 'notice']);
let isAnswer = true;

function lay(old, next) {
  for (const { name } of [...old.attributes])
    if (!next.hasAttribute(name) && !isOurs(old, name)) old.removeAttribute(name);
  for (const { name, value } of [...next.attributes]) {
    if (old.getAttribute(name) !== value && !isOurs(old, name)) old.setAttribute(name, value);
  }
  if (old.localName === 'time' || isTouched(old) || 'client' in old.dataset) return;
  if (old.localName === 'textarea') old.value = next.value;
  if (old.localName === 'input' && old.type !== 'checkbox' && old.type !== 'radio' && !old.dataset.epoch)
    old.value = next.value;
  layChildren(old, next);
}

function layChildren(old, next) {
  const byId = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const wanted of [...next.childNodes]) {
    const held = wanted.id ? byId.get(wanted.id) : isLike(place, wanted) ? place : null;
    if (!held) old.insertBefore(document.importNode(wanted, true), place);
    else if (held !== place) old.insertBefore(held, place);
    else place = place.nextSibling;
    if (!held || held.nodeType !== Node.ELEMENT_NODE) {
      if (held && held.nodeValue !== wanted.nodeValue) held.nodeValue = wanted.nodeValue;
    } else if (isAnswer || !ANSWERS.has(held.id)) {
      if (!held.isEqualNode(wanted)) lay(held, wanted);
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
const isOurs = (element, name) =>
  (name === 'open' && element.localName === 'details') ||
  (name === 'hidden' && 'client' in element.dataset) ||
  ['data-touched', 'data-arrived'].includes(name);
const isTouched = (element) => 'touched' in (element.dataset ?? {});

/* --- Going places and sending forms without a blink. --- */

let asked = 0;

/** The newest request draws; what an older one brings is stale. */
async function load(address, { refresh = false, push = false, ...init } = {}) {
  asked += 1;
  const mine = asked;
  const headers = { 'x-seen': document.hidden ? 'no' : 'yes', ...(refresh && { 'x-refresh': 'yes' }) };
  const response = await fetch(address, { ...init, headers });
  const text = await response.text();
  if (mine !== asked && refresh) return response;
  const isPage = response.headers.get('content-type')?.startsWith('text/html');
  if (!isPage) {
    tell(text || `The server answered ${response.status}.`);
    return response;
  }
  isAnswer = !refresh;
  if (response.redirected || push) moveTo(response.url, address);
  show(text, response.url);
  isAnswer = true;
  return response;
}

function moveTo(url, address) {
  const to = new URL(url);
  const wished = new URL(address, location.href);
  if (!to.hash && wished.pathname.startsWith('/sandbox') && !wished.pathname.includes('/do/')) to.hash = wished.hash;
  if (to.href !== location.href) history.pushState(null, '', to);
}

function tell(sentence) {
  const line = document.createElement('p');
  line.textContent = sentence;
  document.getElementById('notice')?.replaceChildren(line);
  fade();
}

async function go(address) {
  try {
    await load(address, { push: true });
    arrive();
  } catch {
    location.assign(address);
  }
}

/** What a new page begins with: the end of its list, or the message its address names. */
function arrive() {
  const nav = document.getElementById('nav');
  if (nav) nav.checked = false;
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (const list of document.querySelectorAll('.messages'))
    if (!list.dataset.arrived || list.dataset.arrived !== list.id) toEnd(list);
  if (target) {
    target.scrollIntoView({ block: 'center' });
    target.classList.add('target');
  }
  if (matchMedia('(min-width: 761px)').matches && !dialog())
    focusOn(document.querySelector('.pane [data-draft]') ?? document.querySelector('.main [data-draft]'));
}

async function submit(form, button) {
  const data = new FormData(form, button?.name ? button : undefined);
  for (const input of form.querySelectorAll('[data-epoch]')) if (input.name) data.set(input.name, epochOf(input));
  const action = button?.hasAttribute('formaction') ? button.getAttribute('formaction') : form.getAttribute('action');
  const text = form.querySelector('textarea[data-draft]');
  const sent = text?.value;
  if (text) clear(text);
  for (const menu of form.querySelectorAll('details[open]')) menu.open = false;
  form.closest('details')?.removeAttribute('open');
  button?.setAttribute('aria-busy', 'true');
  const above = form.closest('.messages');
  try {
    for (const field of form.querySelectorAll('[data-touched]')) delete field.dataset.touched;
    const response = await load(action, { method: 'POST', body: new URLSearchParams(data) });
    if (!response.ok && text) restore(text, sent);
    if (text && !above) toEnd(form.parentElement?.querySelector('.messages'));
  } catch {
    if (text) restore(text, sent);
    tell('The local Slack did not answer. Is it still running?');
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

const epochOf = (input) => (input.value ? String(Math.floor(new Date(input.value).getTime() / 1000)) : '');

addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  event.preventDefault();
  void submit(form, event.submitter);
});

addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href]');
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (link && isPlain && !link.target && link.origin === location.origin && link.pathname.startsWith('/sandbox')) {
    event.preventDefault();
    void go(link.href);
  }
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (!menu.contains(event.target)) menu.open = false;
  if (event.target.closest?.('[data-slash]')) {
    const composer = event.target.closest('form').querySelector('textarea');
    event.target.closest('details').open = false;
    composer.value = '/incident ';
    focusOn(composer);
    suggest(composer);
  }
});

addEventListener('popstate', () => void go(location.href));

/* --- Typing. --- */

const drafts = new Map();

addEventListener('input', (event) => {
  const field = event.target;
  if (field.id === 'nav') return;
  field.dataset.touched = '';
  if ('draft' in field.dataset) drafts.set(field.id, field.value);
  if ('commands' in field.dataset) suggest(field);
});

addEventListener('change', (event) => {
  const field = event.target;
  const form = field.form;
  if (!form) return;
  if ('atOnce' in form.dataset) void submit(form);
  const pressed = field.closest('[data-press]')?.dataset.press;
  if (pressed && !('atOnce' in form.dataset)) pressIn(form, pressed);
});

/** A field of a form the app hears about at once. */
function pressIn(form, name) {
  const button = document.createElement('button');
  Object.assign(button, { name: 'press', value: name, hidden: true });
  button.setAttribute('formaction', form.getAttribute('action').replace(/submit$/, 'press'));
  form.append(button);
  void submit(form, button);
  button.remove();
}

function clear(text) {
  text.value = '';
  delete text.dataset.touched;
  drafts.delete(text.id);
  close(text);
}

function restore(text, sent) {
  text.value = sent;
  text.dataset.touched = '';
}

addEventListener('keydown', (event) => {
  const field = event.target;
  if (event.key === 'Escape') return leave(field);
  if (keepInside(event)) return;
  if (moveInMenu(event)) return;
  if (!('enter' in (field.dataset ?? {})) || event.isComposing) return;
  if ('commands' in field.dataset && choose(event, field)) return;
  if (event.key !== 'Enter' || event.shiftKey) return;
  event.preventDefault();
  if (field.value.trim()) field.form.requestSubmit();
});

/** Nearest first: a list of commands, a menu, a dialog, the side pane. */
function leave(field) {
  const list = field.form?.querySelector?.('.suggestions:not([hidden])');
  const menu = document.querySelector('details.menu[open]');
  const dialogs = [...document.querySelectorAll('.veil')];
  if (list) list.hidden = true;
  else if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  } else if (dialogs.length > 0) dialogs.at(-1).querySelector('[data-escape], [data-close]')?.click();
  else document.querySelector('.editing a, .pane [data-escape]')?.click();
}

function keepInside(event) {
  const open = dialog();
  if (event.key !== 'Tab' || !open) return false;
  const stops = [
    ...open.querySelectorAll('a[href], button:not(.default), input:not([type=hidden]), select, textarea'),
  ].filter((one) => !one.disabled);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return false;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  return true;
}

function moveInMenu(event) {
  const menu = event.target.closest?.('details.menu[open]');
  if (!menu || !['ArrowDown', 'ArrowUp'].includes(event.key)) return false;
  const items = [...menu.querySelectorAll('.items button')];
  const now = items.indexOf(document.activeElement);
  items.at((now + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length)?.focus();
  event.preventDefault();
  return true;
}

addEventListener('mousedown', (event) => {
  const item = event.target.closest?.('.suggestions li');
  if (!item) return;
  event.preventDefault();
  fill(item.closest('form').querySelector('textarea'), item);
});

/* --- What the server cannot know: the viewer's time, and where they are on the page. --- */

function dress() {
  for (const time of document.querySelectorAll('time[data-format]')) {
    const shown = inWords(new Date(time.dateTime), time.dataset.format);
    if (time.textContent !== shown) time.textContent = shown;
    time.title = new Date(time.dateTime).toLocaleString();
  }
  for (const input of document.querySelectorAll('input[data-epoch]')) {
    if (!isTouched(input)) input.value = localOf(input.dataset.epoch);
  }
  for (const text of document.querySelectorAll('textarea[data-draft]')) {
    if (!isTouched(text) && drafts.get(text.id)) restore(text, drafts.get(text.id));
  }
  focusDialog();
  if (document.querySelector('#notice p')) fade();
}

const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 60;

function toEnd(list) {
  if (!list) return;
  list.dataset.arrived = list.id;
  list.scrollTop = list.scrollHeight;
}

const dialog = () => document.querySelector('#ask .veil') ?? document.querySelector('#modal .veil');

let lastDialog = '';
function focusDialog() {
  const open = dialog();
  const id = open ? open.firstElementChild?.id || 'ask' : '';
  if (id === lastDialog) {
    if (open)
      document
        .querySelector('#modal .wrong:not([data-shown]) input, #modal .wrong:not([data-shown]) textarea')
        ?.scrollIntoView({ block: 'nearest' });
    return;
  }
  lastDialog = id;
  if (open)
    focusOn(
      open.querySelector('[autofocus], .input input, .input textarea, .input select, footer .primary, footer .button'),
    );
  else focusOn(document.querySelector('.pane [data-draft]') ?? document.querySelector('.main [data-draft]'));
}

function focusOn(field) {
  field?.focus({ preventScroll: true });
  if (field?.localName === 'textarea') field.setSelectionRange(field.value.length, field.value.length);
}

let fading;
function fade() {
  clearTimeout(fading);
  fading = setTimeout(() => document.getElementById('notice')?.replaceChildren(), 7_000);
}

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

/* --- Live. --- */

let underway = false;
let again = false;

async function refresh() {
  if (underway) {
    again = true;
    return;
  }
  underway = true;
  do {
    again = false;
    await load(location.href, { refresh: true }).catch(() => lost(true));
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (again);
  underway = false;
}

function lost(isLost) {
  const line = document.getElementById('connection');
  if (line) line.hidden = !isLost;
}

function listen() {
  const live = new EventSource(document.body.dataset.live);
  live.onmessage = () => void refresh();
  live.onopen = () => {
    lost(false);
    void refresh();
  };
  live.onerror = () => {
    lost(true);
    if (live.readyState === EventSource.CLOSED) setTimeout(listen, 2_000);
  };
}

dress();
arrive();
if ('EventSource' in window) listen();
else setInterval(refresh, 2_000);
addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh();
});
setInterval(dress, 20_000);
