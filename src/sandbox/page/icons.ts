import { html, raw } from 'hono/html';
import type { Html } from './html.ts';

/** Drawn on 20 × 20, in the colour of the words beside them. */
const SHAPES = {
  at: 'M13.2 10a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0Zm0 0v1.2c0 2.6 3.8 2.5 3.8-1.2a7 7 0 1 0-3 5.8',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  bolt: 'M11 2.5 4.5 11.5H10l-1 6 6.5-9H10l1-6Z',
  bug: 'M10 6.5c2 0 3.5 1.6 3.5 3.7v1.6c0 2.1-1.5 3.7-3.5 3.7s-3.5-1.6-3.5-3.7v-1.6c0-2.1 1.5-3.7 3.5-3.7ZM7.5 6.2a2.5 2.5 0 0 1 5 0M3.5 11h3m7 0h3M4 6l2.7 2M16 6l-2.7 2M4 16.2l2.8-2.2m9.2 2.2-2.8-2.2',
  clock: 'M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM10 6v4l2.7 1.8',
  close: 'm5 5 10 10M15 5 5 15',
  down: 'm5.5 8 4.5 4.5L14.5 8',
  dots: 'M10 4.5v.01M10 10v.01M10 15.5v.01',
  eye: 'M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5Zm9.7 0a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0Z',
  file: 'M5 2.8h6l4 4v10.4H5V2.8ZM11 3v4h4M7.7 10.5h4.6M7.7 13.5h4.6',
  forward: 'm4 5.5 5.5 4.5L4 14.5v-9ZM10.5 5.5 16 10l-5.5 4.5v-9Z',
  hash: 'M4 7.5h13M3 12.5h13M8.5 3.5l-2 13m7-13-2 13',
  home: 'm3 9.5 7-6 7 6M5 8v8.5h3.7v-4h2.6v4H15V8',
  lock: 'M5 9h10v7.5H5V9Zm2 0V6.5a3 3 0 0 1 6 0V9',
  menu: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  message: 'M3.5 4h13v9.5H9l-3.5 3v-3h-2V4Z',
  pause: 'M7 4.5v11M13 4.5v11',
  people:
    'M10 7a2.7 2.7 0 1 1-5.4 0A2.7 2.7 0 0 1 10 7ZM2.5 16c0-3 2-4.8 4.8-4.8s4.7 1.8 4.7 4.8M12 4.5a2.6 2.6 0 0 1 0 5m1.5 2c2.5.3 4 2 4 4.5',
  pin: 'M7.5 3h5l-.7 5.2 2.7 3.3h-9l2.7-3.3L7.5 3ZM10 11.5V17',
  play: 'M6 4.2 15 10l-9 5.8V4.2Z',
  plus: 'M10 4v12M4 10h12',
  reply: 'M3.5 5h13v8.5H9.5l-3 3v-3h-3V5ZM7 8.2h6M7 10.7h4',
  send: 'M3.2 3.5 17 10 3.2 16.5l1.6-5.3L11 10 4.8 8.8 3.2 3.5Z',
  slash: 'M3.5 3.5h13v13h-13v-13ZM12.2 6.5l-4.4 7',
  smile: 'M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM7.7 8v.01M12.3 8v.01M6.8 11.8c1.6 2.4 4.8 2.4 6.4 0',
  smileAdd: 'M16.3 9.5A6.5 6.5 0 1 1 10.5 4M7 9v.01M12 9v.01M6.5 12.2c1.5 2.1 4.5 2.1 6 0M15.5 2.5v5M13 5h5',
  warn: 'M10 3.2 17.5 16.5h-15L10 3.2ZM10 8.2v4M10 14.3v.01',
  window: 'M11.5 3.5h5v5M16 4l-6.5 6.5M8 4.5H3.5v12h12V12',
} as const;

type IconName = keyof typeof SHAPES;

export const icon = (name: IconName): Html =>
  html`<svg class="icon icon-${name}" aria-hidden="true"><use href="#icon-${name}"></use></svg>`;

/** Once on every page. */
export const iconSheet = (): Html =>
  html`<svg class="sheet" aria-hidden="true">${Object.entries(SHAPES).map(
    ([name, shape]) => html`<symbol id="icon-${name}" viewBox="0 0 20 20"><path d="${raw(shape)}"/></symbol>`,
  )}</svg>`;
