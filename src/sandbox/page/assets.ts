import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';

/** What a page loads: its styles, its script in small modules, its letters. */
export function addAssets(app: Hono<{ Bindings: HttpBindings }>): void {
  for (const name of STYLES)
    app.get(`/sandbox/${name}`, (c) => c.body(own(name), 200, { 'content-type': 'text/css; charset=utf-8' }));
  for (const name of SCRIPTS)
    app.get(`/sandbox/${name}`, (c) => c.body(own(name), 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  for (const weight of WEIGHTS)
    app.get(`/sandbox/lato-${weight}.woff2`, (c) => {
      c.header('cache-control', 'max-age=86400');
      return c.body(letters(weight), 200, { 'content-type': 'font/woff2' });
    });
}

const STYLES = ['style.css', 'messages.css', 'tools.css'];

const SCRIPTS = [
  'browser.mjs',
  'dress.mjs',
  'emoji.mjs',
  'focus.mjs',
  'lay.mjs',
  'live.mjs',
  'picks.mjs',
  'scroll.mjs',
  'suggest.mjs',
  'times.mjs',
  'travel.mjs',
  'typing.mjs',
];

const WEIGHTS = [400, 700, 900] as const;

const own = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

const letters = (weight: (typeof WEIGHTS)[number]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    readFileSync(createRequire(import.meta.url).resolve(`@fontsource/lato/files/lato-latin-${weight}-normal.woff2`)),
  );
