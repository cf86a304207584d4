import { html } from 'hono/html';
import type { Controls } from '../controls.ts';
import type { Html } from './html.ts';

type Page = {
  readonly title: string;
  readonly controls: Controls | null;
  readonly notice: string;
  readonly body: Html;
};

/** What every page of the local Slack has around it. */
export function pageHtml({ title, controls, notice, body }: Page): Html {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title><link rel="icon" href="data:,"><link rel="preload" href="/sandbox/lato-400.woff2" as="font" type="font/woff2" crossorigin>
    <link rel="stylesheet" href="/sandbox/style.css"><link rel="stylesheet" href="/sandbox/messages.css"><link rel="stylesheet" href="/sandbox/tools.css"><script type="module" src="/sandbox/browser.mjs"></script></head>
    <body data-ahead="${controls?.clock.aheadMs ?? 0}">${body}
      <div id="notice" role="status">${notice ? html`<p>${notice}</p>` : ''}</div><div id="connection" data-client hidden role="status">Connection lost. Trying again…</div></body></html>`;
}
