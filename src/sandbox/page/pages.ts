import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import type { Stage } from '../acts.ts';
import type { Sandbox } from '../sandbox.ts';
import { type Member, Refusal } from '../world.ts';
import { landing, lookAt, memberNamed, permalinked } from './address.ts';
import type { Doer, Done } from './doer.ts';
import { DOINGS } from './doings.ts';
import { maySee } from './files.ts';
import { sentIn } from './form-data.ts';
import { guard } from './guard.ts';
import { liveStream } from './live.ts';
import type { Look } from './look.ts';
import { createReads } from './reads.ts';
import { screenHtml } from './screen.ts';

type Env = { Bindings: HttpBindings };

/** The local Slack in a browser, under `/sandbox` of whatever server asks it. True when the address is one of its own. */
export function sandboxPages(sandbox: Sandbox): (request: IncomingMessage, response: ServerResponse) => boolean {
  const app = pagesOf(sandbox);
  // Permalinks name the workspace's own address: there, too, they lead to the page.
  sandbox.serveAlso('/sandbox', (request) => app.fetch(request));
  sandbox.serveAlso('/archives', (request) => app.fetch(request));
  const answer = getRequestListener(app.fetch);
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path !== '/' && path !== '/sandbox' && !path.startsWith('/sandbox/')) return false;
    void answer(request, response);
    return true;
  };
}

function pagesOf(sandbox: Sandbox): Hono<Env> {
  const { world, journal, delivery } = sandbox;
  const stage: Stage = { world, delivery };
  const reads = createReads(world);
  const app = new Hono<Env>();
  app.use(guard);

  const look = (c: Context<Env>, me: Member, address: string) =>
    lookAt(world, reads, me, address, getCookie(c, HINT) !== 'hidden');
  const somebody = () => memberNamed(world, 'oncall') ?? [...world.members.values()].find((m) => m.kind === 'member');
  const show = (c: Context<Env>, seen: Look) => c.html(screenHtml(seen));
  const nobody = (c: Context<Env>) => c.text('Nobody of that name is here. Begin at /sandbox.', 404);
  const nothing = (c: Context<Env>) => c.text('There is nothing here for this person. Begin at /sandbox.', 404);

  app.get('/', (c) => c.redirect('/sandbox'));
  app.get('/sandbox', (c) => {
    const first = somebody();
    return first ? c.redirect(landing(world, first)) : nobody(c);
  });
  app.get('/archives/:channel/:p', (c) => {
    const { search, pathname } = new URL(c.req.url);
    return c.redirect(`/sandbox/${somebody()?.handle ?? ''}${pathname}${search}`);
  });
  for (const [name, type] of ASSETS)
    app.get(`/sandbox/${name}`, (c) => c.body(assetNamed(name), 200, { 'content-type': type }));

  app.get('/sandbox/:as', (c) => {
    const me = memberNamed(world, c.req.param('as'));
    return me ? c.redirect(landing(world, me)) : nobody(c);
  });
  app.get('/sandbox/:as/live', (c) => liveStream(journal, c.env?.incoming));
  app.get('/sandbox/:as/files/:id', (c) => {
    const me = memberNamed(world, c.req.param('as'));
    const file = world.files.get(c.req.param('id'));
    if (!me || !file?.content || !maySee({ world, me }, file)) return nothing(c);
    return c.text(file.content.toString());
  });
  app.get('/sandbox/:as/archives/:channel/:p?', (c) => {
    const me = memberNamed(world, c.req.param('as'));
    const to =
      me && permalinked(world, me, c.req.param('channel'), c.req.param('p') ?? '', c.req.query('thread_ts') ?? null);
    return to ? c.redirect(to) : nothing(c);
  });
  app.get('/sandbox/:as/:channel', (c) => {
    const me = memberNamed(world, c.req.param('as'));
    if (!me) return nobody(c);
    const { pathname, search } = new URL(c.req.url);
    const seen = look(c, me, `${pathname}${search}`);
    if (!seen) return nothing(c);
    const isLooking = c.req.header('x-seen') !== 'no';
    if (seen.channel && isLooking) reads.mark(me, seen.channel);
    if (!seen.channel && c.req.header('x-refresh') === undefined) sandbox.person(me.handle).opensHome();
    return show(c, seen);
  });

  app.post('/sandbox/:as/do/:what', bodyLimit({ maxSize: 1_000_000 }), async (c) => {
    const me = memberNamed(world, c.req.param('as'));
    if (!me) return nobody(c);
    const sent = sentIn(await c.req.formData());
    const base = `/sandbox/${me.handle}`;
    const back = sent.one('back').startsWith(`${base}/`) ? sent.one('back') : landing(world, me);
    if (c.req.param('what') === 'hint') {
      setCookie(c, HINT, 'hidden', { path: '/sandbox', sameSite: 'Strict', maxAge: 31_536_000 });
      return c.redirect(back, 303);
    }
    const doing = DOINGS[c.req.param('what')];
    if (!doing) return nothing(c);
    const done = await settled({ stage, member: me, person: sandbox.person(me.handle), base, back }, (doer) =>
      doing(doer, sent),
    );
    if (done.kind === 'back') return c.redirect(done.to ?? back, 303);
    const seen = look(c, me, back) ?? look(c, me, landing(world, me));
    if (!seen) return nothing(c);
    return show(c, { ...seen, ...(done.kind === 'ask' ? { ask: done.ask } : { notice: done.notice }) });
  });
  return app;
}

/** What cannot be done is said on the page, in the sentence of whoever refused. */
async function settled(doer: Doer, doing: (doer: Doer) => Done | Promise<Done>): Promise<Done> {
  try {
    return await doing(doer);
  } catch (fault) {
    if (fault instanceof Refusal) return { kind: 'say', notice: `Slack refused: ${fault.code}.` };
    return { kind: 'say', notice: fault instanceof Error ? fault.message : String(fault) };
  }
}

const HINT = 'sandbox_hint';

const ASSETS = [
  ['style.css', 'text/css; charset=utf-8'] as const,
  ...['browser.mjs', 'commands.mjs', 'times.mjs'].map((name) => [name, 'text/javascript; charset=utf-8'] as const),
];

const assetNamed = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
