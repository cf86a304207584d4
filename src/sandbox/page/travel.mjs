/** Going places and sending forms without a blink. */

import { dress, fade } from './dress.mjs';
import { dialog, focusOn } from './focus.mjs';
import { layPage } from './lay.mjs';
import { toEnd } from './scroll.mjs';
import { clear, epochOf, restore } from './typing.mjs';

const parser = new DOMParser();
let asked = 0;
/** What was asked before this is of no interest any more: somebody went elsewhere, or a later answer stands. */
let since = 0;

/** Fetches a page and draws it where it is still wanted. */
export async function load(address, { refresh = false, comes = false, push = false, replace = false, ...init } = {}) {
  asked += 1;
  const mine = asked;
  if (push) since = mine;
  const headers = { 'x-seen': document.hidden ? 'no' : 'yes', ...(refresh && !comes && { 'x-refresh': 'yes' }) };
  const response = await fetch(address, { ...init, headers });
  const text = await response.text();
  const isPage = response.headers.get('content-type')?.startsWith('text/html');
  if (!isPage) {
    tell(text || `The server answered ${response.status}.`);
    return response;
  }
  // A redraw is of what one looks at, or of nothing.
  const isStale = refresh && !replace && (mine !== asked || address !== location.href);
  if (mine < since || isStale) return response;
  if (!refresh) since = mine;
  const page = parser.parseFromString(text, 'text/html');
  // Refused: what was typed stays as it is.
  if (wasKept(response)) {
    tell(page.querySelector('#notice')?.textContent.trim() ?? '');
    return response;
  }
  if (page.body.dataset.ahead === undefined) {
    location.assign(response.url);
    return response;
  }
  if (replace) history.replaceState(null, '', response.url);
  else if (response.redirected || push) moveTo(response.url, address);
  layPage(page, !refresh);
  dress(!refresh);
  return response;
}

const wasKept = (response) => response.headers.has('x-kept');

function moveTo(url, address) {
  const to = new URL(url);
  const wished = new URL(address, location.href);
  if (!to.hash && wished.pathname.startsWith('/sandbox') && !/\/(do|controls)\//.test(wished.pathname))
    to.hash = wished.hash;
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
export function arrive() {
  const nav = document.getElementById('nav');
  if (nav) nav.checked = false;
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (const list of document.querySelectorAll('.messages')) if (list.dataset.arrived !== list.id) toEnd(list);
  if (target) {
    // A long one is read from its top.
    target.scrollIntoView({ block: target.offsetHeight > innerHeight / 2 ? 'start' : 'center' });
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
  if (text && action.endsWith('/send')) clear(text);
  for (const menu of form.querySelectorAll('details[open]')) menu.open = false;
  form.closest('details')?.removeAttribute('open');
  button?.setAttribute('aria-busy', 'true');
  try {
    for (const field of form.querySelectorAll('[data-touched]')) if (field !== text) delete field.dataset.touched;
    const response = await load(action, { method: 'POST', body: bodyOf(data) });
    if (text && (!response.ok || wasKept(response))) restore(text, sent);
    else if (text) toEnd(form.parentElement?.querySelector('.messages'));
  } catch {
    if (text) restore(text, sent);
    tell('The local Slack did not answer. Is it still running?');
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

/** With files only where there are some. */
function bodyOf(data) {
  const hasFiles = [...data.values()].some((value) => typeof value !== 'string' && value.size > 0);
  return hasFiles ? data : new URLSearchParams([...data].filter(([, value]) => typeof value === 'string'));
}

/** A link in a form leads away from it. */
const leaveForms = (form) =>
  fetch(form.getAttribute('action').replace(/submit$/, 'close'), {
    method: 'POST',
    body: new URLSearchParams({ view: form.elements.view.value, all: 'all' }),
  });

export function hearTravel() {
  addEventListener('submit', (event) => {
    const form = event.target;
    event.preventDefault();
    if (form.method === 'post') void submit(form, event.submitter);
    else void go(`${form.getAttribute('action')}?${new URLSearchParams([...new FormData(form)].filter(([, v]) => v))}`);
  });
  addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !isPlain || link.target || link.origin !== location.origin) return;
    if (!link.pathname.startsWith('/sandbox')) return;
    event.preventDefault();
    const form = link.closest('#modal form');
    if (form) return void leaveForms(form).then(() => void go(link.href));
    // The newest is at the end of a list that stays.
    if (link.matches('.to-newest')) delete document.querySelector('.main .messages')?.dataset.arrived;
    void go(link.href);
  });
  addEventListener('popstate', () => void go(location.href));
}
