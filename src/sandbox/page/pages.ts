import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import type { Stage } from '../acts.ts';
import type { Controls } from '../controls.ts';
import type { Sandbox } from '../sandbox.ts';
import { type Member, Refusal } from '../world.ts';
import { landing, lookAt, memberNamed, permalinked } from './address.ts';
import { addAssets } from './assets.ts';
import { addControlPages, STORY } from './control-pages.ts';
import type { Doer, Done } from './doer.ts';
import { DOINGS } from './doings.ts';
import { imageType, maySee } from './files.ts';
import { type Sent, sentIn } from './form-data.ts';
import { guard } from './guard.ts';
import { liveStream } from './live.ts';
import { suggestionsFor } from './pressing.ts';
import { createReads } from './reads.ts';
import { screenHtml } from './screen.ts';

type Env = { Bindings: HttpBindings };
type C = Context<Env>;

/** What people may send at once: a few files. */
const MOST_BYTES = 10_000_000;

/** The local Slack in a browser, under `/sandbox` of whatever server asks it. True when the address is one of its own. */
export function sandboxPages(
  sandbox: Sandbox,
  controls: Controls | null = null,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const app = pagesOf(sandbox, controls);
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

function pagesOf(sandbox: Sandbox, controls: Controls | null): Hono<Env> {
  const { world, journal, delivery } = sandbox;
  const stage: Stage = { world, delivery };
  const reads = createReads(world);
  const app = new Hono<Env>();
  app.use(guard);

  const look = (c: C, me: Member, address: string) => {
    const hidden = { hint: getCookie(c, HINT) === 'hidden', story: getCookie(c, STORY) ?? '' };
    return lookAt({ world, reads, controls, hidden }, me, address);
  };
  const somebody = () => memberNamed(world, 'oncall') ?? [...world.members.values()].find((m) => m.kind === 'member');
  const nobody = (c: C) => c.text('Nobody of that name is here. Begin at /sandbox.', 404);
  const nothing = (c: C) => c.text('There is nothing here for this person. Begin at /sandbox.', 404);
  /** The page of that address with a sentence on it. */
  const say = (c: C, address: string, notice: string) => {
    const me = memberNamed(world, address.split('/')[2] ?? '') ?? somebody();
    const seen = me && (look(c, me, address) ?? look(c, me, landing(world, me)));
    return seen ? c.html(screenHtml({ ...seen, notice })) : nobody(c);
  };

  app.get('/', (c) => c.redirect('/sandbox'));
  app.get('/sandbox', (c) => {
    const first = somebody();
    return first ? c.redirect(landing(world, first)) : nobody(c);
  });
  app.get('/archives/:channel/:p', (c) => {
    const { search, pathname } = new URL(c.req.url);
    return c.redirect(`/sandbox/${somebody()?.handle ?? ''}${pathname}${search}`);
  });
  addAssets(app);
  app.get('/sandbox/live', (c) => liveStream(journal, c.env?.incoming));
  if (controls) addControlPages(app, sandbox, controls, say);

  app.get('/sandbox/:as', (c) => {
    const me = memberNamed(world, c.req.param('as'));
    return me ? c.redirect(landing(world, me)) : nobody(c);
  });
  app.get('/sandbox/:as/files/:id', (c) => {
    const me = memberNamed(world, c.req.param('as'));
    const file = world.files.get(c.req.param('id'));
    if (!me || !file?.content || !maySee({ world, me }, file)) return nothing(c);
    // Pictures and plain text only: nothing that somebody attached is run.
    const type = imageType(file) ?? 'text/plain; charset=utf-8';
    return c.body(new Uint8Array(file.content), 200, { 'content-type': type });
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
    const isRefresh = c.req.header('x-refresh') !== undefined;
    if (seen.channel && !isRefresh) reads.open(me, seen.channel);
    else if (seen.channel && c.req.header('x-seen') !== 'no') reads.mark(me, seen.channel);
    if (!seen.channel && !isRefresh) sandbox.person(me.handle).opensHome();
    return c.html(screenHtml(seen));
  });

  /** Who sent a form, and from where. */
  const sender = async (c: C): Promise<{ doer: Doer; sent: Sent } | null> => {
    const member = memberNamed(world, c.req.param('as') ?? '');
    if (!member) return null;
    const sent = sentIn(await c.req.formData());
    const base = `/sandbox/${member.handle}`;
    const back = sent.one('back').startsWith(`${base}/`) ? sent.one('back') : landing(world, member);
    return { doer: { stage, member, person: sandbox.person(member.handle), base, back }, sent };
  };
  app.post('/sandbox/:as/do/suggest', async (c) => {
    const from = await sender(c);
    return from ? c.json(await suggestionsFor(from.doer, from.sent)) : nobody(c);
  });
  app.post('/sandbox/:as/do/:what', bodyLimit({ maxSize: MOST_BYTES, onError: tooMuch }), async (c) => {
    const from = await sender(c);
    if (!from) return nobody(c);
    const { doer, sent } = from;
    if (c.req.param('what') === 'hint') {
      setCookie(c, HINT, 'hidden', { path: '/sandbox', sameSite: 'Strict', maxAge: 31_536_000 });
      return c.redirect(doer.back, 303);
    }
    const doing = DOINGS[c.req.param('what')];
    if (!doing) return nothing(c);
    const done = await settled(doer, (one) => doing(one, sent));
    if (done.kind === 'back') return c.redirect(done.to ?? doer.back, 303);
    if (done.kind === 'keep') c.header('x-kept', 'yes');
    if (done.kind !== 'ask') return say(c, doer.back, done.notice);
    const seen = look(c, doer.member, doer.back) ?? look(c, doer.member, landing(world, doer.member));
    return seen ? c.html(screenHtml({ ...seen, ask: done.ask })) : nothing(c);
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

const tooMuch = (c: Context) => c.text('That is too much at once: files of 10 MB together at most.', 413);

const HINT = 'sandbox_hint';
