import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import type { Controls } from '../controls.ts';
import type { Sandbox } from '../sandbox.ts';
import { type Sent, sentIn } from './form-data.ts';
import { inspectorHtml } from './inspector.ts';
import { seekingIn } from './seeking.ts';

type Env = { Bindings: HttpBindings };
type C = Context<Env>;

export const STORY = 'sandbox_story';

/** The inspector, and what its switches and those of the bar do. `show` draws a page with a sentence on it. */
export function addControlPages(
  app: Hono<Env>,
  { world }: Sandbox,
  controls: Controls,
  show: (c: C, address: string, notice: string) => Response | Promise<Response>,
): void {
  app.get('/sandbox/inspector', (c) => c.html(inspectorHtml(world, controls, seekingIn(c.req.url), '')));
  app.post('/sandbox/controls/:what', async (c) => {
    const sent = sentIn(await c.req.formData());
    const back = sent.one('back').startsWith('/sandbox/') ? sent.one('back') : '/sandbox';
    const doing = DOINGS[c.req.param('what')];
    if (!doing) return c.text('There is no such control. Begin at /sandbox.', 404);
    if (c.req.param('what') === 'story' && sent.one('do') === 'hide') {
      setCookie(c, STORY, sent.one('channel'), { path: '/sandbox', sameSite: 'Strict' });
      return c.redirect(back, 303);
    }
    const said = await doing(controls, sent);
    if (said === '') return c.redirect(back, 303);
    if (!back.startsWith('/sandbox/inspector')) return show(c, back, said);
    return c.html(inspectorHtml(world, controls, seekingIn(new URL(back, c.req.url).href), said));
  });
}

/** What was done says nothing; what was not says why. */
type Doing = (controls: Controls, sent: Sent) => string | Promise<string>;

const DOINGS: Readonly<Record<string, Doing>> = {
  clock: async ({ clock }, sent) => {
    if (sent.one('by') === 'next') {
      const went = await clock.toNextReminder();
      return went.ok ? `Here is ${went.value.what}.` : went.no;
    }
    const ms = Number(sent.one('by'));
    if (!STEPS.includes(ms)) return 'The clock goes forward by a minute, a quarter or an hour.';
    return sentence(await clock.forward(ms));
  },
  story: async ({ story }, sent) => {
    switch (sent.one('do')) {
      case 'start':
        return sentence(story.start());
      case 'pause':
        return sentence(story.pause());
      case 'resume':
        return sentence(story.resume());
      case 'next':
        return sentence(await story.next());
      case 'finish':
        return sentence(await story.finish());
      default:
        return 'The story knows start, pause, go on, next and to the end.';
    }
  },
  bot: async ({ bot }, sent) => {
    switch (sent.one('do')) {
      case 'start':
        return sentence(await bot.start());
      case 'stop':
        return sentence(await bot.stop());
      case 'kill':
        return sentence(await bot.kill());
      case 'restart':
        return sentence(await bot.restart());
      default:
        return 'The bot can be started, stopped, killed and restarted.';
    }
  },
  'bad-days': ({ badDays }, sent) => {
    const found = badDays.switches.find((one) => one.name === sent.one('switch'));
    if (found) badDays.set(found.name, sent.one('on') === 'true');
    else if (sent.one('do') === 'refresh') badDays.refreshSockets();
    else if (sent.one('do') === 'drop') badDays.dropSockets();
    else if (sent.one('do') === 'all-off') badDays.allOff();
    else return 'There is no such switch.';
    return '';
  },
  inspector: ({ inspector }) => {
    inspector.clear();
    return '';
  },
};

const STEPS = [60_000, 900_000, 3_600_000];

const sentence = (done: { readonly ok: true } | { readonly ok: false; readonly no: string }): string =>
  done.ok ? '' : done.no;
