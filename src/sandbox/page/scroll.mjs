/** Where one stands in a list, and what comes when one goes on. */

import { load } from './travel.mjs';

export const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 60;

/** Home is read from its top. */
export function toEnd(list) {
  if (!list?.id) return;
  list.dataset.arrived = list.id;
  list.scrollTop = list.scrollHeight;
}

/** Remembers which line is at the top; the returned function brings it back there. */
export function placeIn(list) {
  const top = list.getBoundingClientRect().top;
  const lines = list.matches('.lines') ? list.firstElementChild?.children : list.children;
  const line = [...(lines ?? [])].find(
    (one) => one.id && /^[mtl]/.test(one.id) && one.getBoundingClientRect().bottom > top,
  );
  const offset = line?.getBoundingClientRect().top;
  const wasAtTop = list.scrollTop === 0 && list.matches('.lines');
  return () => {
    if (line?.isConnected && !wasAtTop) list.scrollTop += line.getBoundingClientRect().top - offset;
  };
}

/** A screen before the end of what is drawn, more is fetched. */
const AHEAD = 700;

let isFetching = false;

async function fetchMore(list) {
  const [older, newer] = ['older', 'newer'].map((name) => list.querySelector(`[data-more="${name}"]`));
  const isNearTop = list.scrollTop < AHEAD;
  const isNearEnd = list.scrollHeight - list.scrollTop - list.clientHeight < AHEAD;
  const link = isNearTop && older ? older : isNearEnd && newer ? newer : null;
  if (!link || isFetching) return;
  isFetching = true;
  try {
    await load(link.href, { refresh: true, replace: true });
  } finally {
    isFetching = false;
  }
}

export function hearScrolling() {
  addEventListener(
    'scroll',
    ({ target }) => {
      if (target.matches?.('.main .messages')) void fetchMore(target).catch(() => {});
    },
    { capture: true, passive: true },
  );
}
