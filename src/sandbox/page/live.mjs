/** The page hears of every change. One window listens for all: a browser opens few connections to one place. */

import { load } from './travel.mjs';

let underway = false;
let again = false;

/** `comes`: somebody looks here again, after a while. */
async function refresh(comes = false) {
  // Nobody looks: it is drawn when somebody does.
  if (document.hidden) return;
  if (underway) {
    again = true;
    return;
  }
  underway = true;
  do {
    again = false;
    const here = location.href;
    await load(here, { refresh: true, comes }).catch(() => lost(true));
    again ||= here !== location.href;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (again);
  underway = false;
}

function lost(isLost) {
  const line = document.getElementById('connection');
  if (line) line.hidden = !isLost;
}

function hear(what) {
  lost(what === 'lost');
  if (what !== 'lost') void refresh();
}

export function listen() {
  addEventListener('visibilitychange', () => {
    void refresh(true);
  });
  if (!navigator.locks) return openStream(hear);
  const windows = new BroadcastChannel('sandbox-live');
  windows.onmessage = ({ data }) => hear(data);
  void navigator.locks.request('sandbox-live', () => {
    openStream((what) => {
      windows.postMessage(what);
      hear(what);
    });
    // Held as long as this window is open.
    return new Promise(() => {});
  });
}

function openStream(tell) {
  const live = new EventSource('/sandbox/live');
  live.onmessage = () => tell('changed');
  live.onopen = () => tell('open');
  live.onerror = () => {
    tell('lost');
    if (live.readyState === EventSource.CLOSED) setTimeout(() => openStream(tell), 1_000);
  };
}
