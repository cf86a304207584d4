import { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { Changed } from '../incidents/change.ts';
import { FORM_LOST } from '../incidents/forms.ts';
import type { Incident } from '../incidents/incident.ts';
import { worded } from '../incidents/refusals.ts';
import { clickedOn, findVisible, locate } from '../incidents/transactions.ts';
import type { Intent } from '../intents/store.ts';
import { type ChannelId, channelId, instantOf, ts, userId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { parseWhen } from '../lib/when.ts';
import type { View } from '../slack/api.ts';
import { message } from '../slack/blocks.ts';
import type { Verb } from '../slack/command.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Heard, Listeners, Submission } from '../slack/listeners.ts';
import { md, plainOf } from '../slack/mrkdwn.ts';
import { SlackTs } from '../timeline/message.ts';
import { catchUp, namedBy } from './catch-up.ts';
import { parseClock } from './clock.ts';
import {
  CLOCK_FORM,
  ClockForm,
  clockModal,
  MOVE,
  MoveForm,
  moveModal,
  openedOn,
  STRIKE,
  StrikeForm,
  strikeModal,
} from './forms.ts';
import { ENTRY_CHOICE, keyList, linesOn, namedIn, type Page, parsePage, readChoice, readPage } from './key-list.ts';
import { type RecordRefusal, wordedRecord } from './refusals.ts';
import {
  catchUpJoiner,
  correctClockOf,
  correctEntryTime,
  findStanding,
  noteDown,
  readCatchUp,
  readKeyLines,
  restoreEntry,
  strikeEntry,
} from './transactions.ts';

type Found = { readonly incident: Incident; readonly rest: string };
type Asked = Pick<Call, 'user' | 'intent' | 'triggerId'>;

/** What is heard about the record as people work on it: parse, call down, answer. */
export function recordListeners(deps: Deps): Listeners {
  const on = (verb: Verb, act: (call: Call, found: Found) => Promise<Answer>) => async (call: Call) => {
    const found = await locate(deps, call, verb);
    return found.ok ? act(call, found.value) : { say: worded(found.no) };
  };
  const turned = (click: Click) => clicked(deps, click, (incident) => turn(deps, incident, click));
  return {
    verbs: {
      note: on('note', (call, found) => note(deps, call, found)),
      clock: on('clock', (call, found) => clock(deps, call, found)),
      timeline: on('timeline', (_, found) => timeline(deps, found)),
      summary: on('summary', (_, { incident }) => summary(deps, incident)),
    },
    clicks: {
      'timeline-earlier': turned,
      'timeline-later': turned,
      [ENTRY_CHOICE]: (click) => clicked(deps, click, (incident) => chosen(deps, click, incident)),
    },
    forms: {
      [STRIKE]: (form) => strikeByForm(deps, form),
      [MOVE]: (form) => moveByForm(deps, form),
      [CLOCK_FORM]: (form) => clockByForm(deps, form),
    },
    events: { member_joined_channel: (heard) => joined(deps, heard) },
  };
}

const intentOf = (asked: Pick<Asked, 'user' | 'intent'> & { channel?: ChannelId | null }): Intent => ({
  identity: asked.intent,
  by: asked.user,
  channel: asked.channel ?? null,
});
const refuse = (refusal: RecordRefusal): Answer => ({ say: wordedRecord(refusal) });
const answered = (done: Result<Changed, RecordRefusal>): Answer =>
  done.ok ? { say: done.value.answer ?? message(md`Done.`) } : refuse(done.no);

async function note(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  const text = plainOf(rest).trim();
  if (text === '') return refuse({ why: 'nothing-to-note' });
  return answered(await noteDown(deps, incident.id, intentOf(call), text, call.user));
}

async function clock(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  const words = plainOf(rest).trim();
  if (words === '')
    return open(deps, call, clockModal(incident, deps.policy.timezone), '/incident clock mitigated 14:05 <why>');
  const asked = parseClock(words, readingOf(deps));
  if (!asked.ok) return refuse(asked.no);
  return answered(await correctClockOf(deps, incident.id, intentOf(call), asked.value, call.user));
}

const readingOf = ({ now, policy }: Deps) => ({ now: now(), timezone: policy.timezone });

async function timeline(deps: Deps, { incident, rest }: Found): Promise<Answer> {
  const page = parsePage(plainOf(rest));
  return page.ok ? { say: await listed(deps, incident, page.value) } : refuse(page.no);
}

/** In the place of the page whose button it is. */
async function turn(deps: Deps, incident: Incident, click: Click): Promise<Answer> {
  const page = readPage(click.value) ?? { size: 10, from: null };
  return { say: await listed(deps, incident, page), inPlace: true };
}

async function listed(deps: Deps, incident: Incident, page: Page) {
  const lines = await readKeyLines(deps, incident, await workspaceUrl(deps));
  return keyList(incident, lines, page, await deps.names(namedIn(linesOn(lines, page).shown)));
}

async function summary(deps: Deps, incident: Incident): Promise<Answer> {
  const facts = await readCatchUp(deps, incident.id, await workspaceUrl(deps));
  if (!facts) return { say: message(md`There is nothing on record of this incident.`) };
  return { say: catchUp(facts, await deps.names(namedBy(facts)), deps.policy, false) };
}

/** Asked of Slack once and kept; without it entries have no links. */
const workspaceUrl = ({ slack }: Deps): Promise<string | null> =>
  slack.me().then(
    ({ url }) => url,
    () => null,
  );

async function chosen(deps: Deps, click: Click, incident: Incident): Promise<Answer> {
  const choice = readChoice(click.value);
  const standing = choice && (await findStanding(deps, incident.id, choice.entry));
  if (!standing) return refuse({ why: 'no-such-entry', incident });
  switch (choice.what) {
    case 'restore':
      return answered(await restoreEntry(deps, incident.id, intentOf(click), { entry: choice.entry, by: click.user }));
    case 'strike': {
      const { struck } = standing.since;
      if (struck) return refuse({ why: 'struck-already', by: struck.by, at: new Date(struck.at) });
      return open(deps, click, strikeModal(incident, standing), '/incident timeline');
    }
    case 'move':
      return open(deps, click, moveModal(incident, standing, deps.policy.timezone), '/incident timeline');
  }
}

async function open(deps: Deps, asked: Asked, view: View, instead: string): Promise<Answer> {
  try {
    await deps.slack.openView(asked.triggerId, view);
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: view.callback_id }, 'a form did not open');
    return { say: message(md`The form did not open and nothing was changed. Try again: \`${instead}\`.`) };
  }
}

async function strikeByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const on = await aboutOf(deps, form);
  const read = readForm(StrikeForm, form.values);
  if (on === null) return { errors: { why: FORM_LOST } };
  if (!read.ok) return { errors: read.no };
  const { incident, entry } = on;
  return closing(
    deps,
    await strikeEntry(deps, incident, intentOf(form), { entry, why: read.value.why, by: form.user }),
    'why',
  );
}

async function moveByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const on = await aboutOf(deps, form);
  const read = readForm(MoveForm, form.values);
  if (on === null) return { errors: { when: FORM_LOST } };
  if (!read.ok) return { errors: read.no };
  const to = parseWhen(read.value.when, readingOf(deps));
  if (!to.ok) return { errors: { when: plainly(to.no) } };
  const moved = { entry: on.entry, to: to.value, why: read.value.why, shown: on.shown, by: form.user };
  return closing(deps, await correctEntryTime(deps, on.incident, intentOf(form), moved), 'when');
}

async function clockByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const on = await aboutOf(deps, form);
  const read = readForm(ClockForm, form.values);
  if (on === null) return { errors: { what: FORM_LOST } };
  if (!read.ok) return { errors: read.no };
  const { what, when, why } = read.value;
  const at = parseWhen(when, readingOf(deps));
  if (!at.ok) return { errors: { when: plainly(at.no) } };
  return closing(
    deps,
    await correctClockOf(deps, on.incident, intentOf(form), { what, at: at.value, why }, form.user),
    'when',
  );
}

/** Who sent it may have left a private incident since it was opened. */
async function aboutOf(deps: Deps, form: Submission) {
  const on = openedOn(form.privateMetadata);
  return on !== null && (await findVisible(deps, on.incident, form.user)) ? on : null;
}

async function closing(deps: Deps, done: Result<Changed, RecordRefusal>, field: string): Promise<FormAnswer> {
  if (!done.ok) return { errors: { [field]: await deps.plain(wordedRecord(done.no)) } };
  return { close: true, ...(done.value.answer && { late: done.value.answer.text }) };
}

/** Beside a field no markup is shown. */
const plainly = (sentence: string): string => sentence.replaceAll(/[`*]/g, '');

async function clicked(deps: Deps, click: Click, act: (incident: Incident) => Promise<Answer>): Promise<Answer> {
  const found = await clickedOn(deps, click);
  return found.ok ? act(found.value) : { say: worded(found.no) };
}

async function joined(deps: Deps, { event }: Heard): Promise<void> {
  const read = Joined.safeParse(event);
  if (!read.success) return;
  const { channel, user, event_ts } = read.data;
  await catchUpJoiner(deps, channelId(channel), { user: userId(user), at: instantOf(ts(event_ts)) });
}

const Joined = z.object({ channel: z.string(), user: z.string(), event_ts: SlackTs });
