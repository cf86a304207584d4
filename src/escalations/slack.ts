import type { Deps } from '../deps.ts';
import { worded } from '../incidents/refusals.ts';
import { clickedOn } from '../incidents/transactions.ts';
import { message } from '../slack/blocks.ts';
import type { Answer, Click, Listeners } from '../slack/listeners.ts';
import { md } from '../slack/mrkdwn.ts';
import { readOnIt } from './raised.ts';
import { wordedEscalation } from './refusals.ts';
import { beOnIt } from './transactions.ts';

/** What is heard about escalations: somebody is on it. */
export const escalationListeners = (deps: Deps): Listeners => ({
  clicks: { 'escalation-on-it': (click) => onIt(deps, click) },
});

async function onIt(deps: Deps, click: Click): Promise<Answer> {
  const found = await clickedOn(deps, click);
  if (!found.ok) return { say: worded(found.no) };
  const intent = { identity: click.intent, by: click.user, channel: click.channel };
  const done = await beOnIt(deps, found.value.id, intent, readOnIt(click.value), click.user);
  return { say: done.ok ? (done.value.answer ?? message(md`Noted.`)) : wordedEscalation(done.no) };
}
