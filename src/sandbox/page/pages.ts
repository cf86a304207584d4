import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Sandbox } from '../sandbox.ts';

/** The local Slack in a browser, under `/sandbox` of whatever server asks it. True when the address is one of its own. */
export function sandboxPages(sandbox: Sandbox): (request: IncomingMessage, response: ServerResponse) => boolean {
  const app = new Hono();
  app.get('/', (c) => c.redirect('/sandbox'));
  app.get('/sandbox', (c) =>
    c.html(html`<!doctype html><meta charset="utf-8"><title>Sitrep, a local Slack</title>
      ${sandbox.channels().map((channel) => html`<h2>#${channel.name}</h2>${channel.messages.map((m) => html`<p>${m.by}: ${m.shown}</p>`)}`)}`),
  );
  const answer = getRequestListener(app.fetch);
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path !== '/' && path !== '/sandbox' && !path.startsWith('/sandbox/')) return false;
    void answer(request, response);
    return true;
  };
}
