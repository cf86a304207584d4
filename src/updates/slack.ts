import type { Deps } from '../deps.ts';
import type { Changed } from '../incidents/change.ts';
import { FORM_LOST } from '../incidents/forms.ts';
import { type Incident, isOpen } from '../incidents/incident.ts';
import { worded as wordedOfIncident } from '../incidents/refusals.ts';
import { clickedOn, findVisible, locate } from '../incidents/transactions.ts';
import type { Intent } from '../intents/store.ts';
import type { Result } from '../lib/result.ts';
import { severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import type { Verb } from '../slack/command.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Submission } from '../slack/listeners.ts';
import { md, plainOf } from '../slack/mrkdwn.ts';
import { cadenceShown, parseCadence, parseSnooze, SNOOZE } from './cadence-change.ts';
import { type UpdateRefusal, worded } from './refusals.ts';
import { sayUpdate, setCadence, snoozeReminder, whyEnded } from './transactions.ts';
import { JUST_TEXT } from './update.ts';
import { openedOn, UPDATE, updateForm, updateModal } from './update-modal.ts';

type Found = { readonly incident: Incident; readonly rest: string };

/** What is heard about updates and their promise: parse, call down, answer. */
export function updateListeners(deps: Deps): Listeners {
  const on = (verb: Verb, act: (call: Call, found: Found) => Promise<Answer>) => async (call: Call) => {
    const found = await locate(deps, call, verb);
    return found.ok ? act(call, found.value) : { say: wordedOfIncident(found.no) };
  };
  return {
    verbs: {
      update: on('update', (call, found) => update(deps, call, found)),
      cadence: on('cadence', (call, found) => cadence(deps, call, found)),
      snooze: on('snooze', (call, found) => snooze(deps, call, found)),
    },
    clicks: {
      'post-update': (click) => clicked(deps, click, (incident) => openForm(deps, click, incident)),
      snooze: (click) => clicked(deps, click, (incident) => snoozeByButton(deps, click, incident)),
    },
    forms: { [UPDATE]: (form) => updateByForm(deps, form) },
  };
}

const intentOf = (
  asked: Pick<Call, 'user' | 'intent'> & Partial<Pick<Click, 'channel'> & Pick<Call, 'words'>>,
): Intent => ({
  identity: asked.intent,
  by: asked.user,
  channel: asked.channel ?? null,
  ...(asked.words !== undefined && { words: asked.words }),
});

const refuse = (refusal: UpdateRefusal): Answer => ({ say: worded(refusal) });
const answered = (done: Result<Changed, UpdateRefusal>): Answer =>
  done.ok ? { say: done.value.answer ?? message(md`Done.`) } : refuse(done.no);

async function update(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  const text = plainOf(rest).trim();
  if (text === '') return openForm(deps, call, incident);
  return answered(await sayUpdate(deps, incident.id, intentOf(call), { text, ...JUST_TEXT }, call.user));
}

async function openForm(deps: Deps, asked: Pick<Call, 'triggerId'>, incident: Incident): Promise<Answer> {
  if (!isOpen(incident)) return refuse(await whyEnded(deps, incident));
  try {
    await deps.slack.openView(asked.triggerId, updateModal(incident, deps.policy));
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: UPDATE }, 'a form did not open');
    return { say: message(md`The form did not open; type \`/incident update <text>\`.`) };
  }
}

async function updateByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const on = openedOn(form.privateMetadata);
  if (on === null || !(await findVisible(deps, on.incident, form.user))) return { errors: { text: FORM_LOST } };
  const read = readForm(updateForm(deps.policy, on), form.values);
  if (!read.ok) return { errors: read.no };
  const done = await sayUpdate(deps, on.incident, intentOf(form), read.value, form.user);
  if (!done.ok) return { errors: { text: await deps.plain(worded(done.no)) } };
  return { close: true, ...(done.value.answer && { late: done.value.answer.text }) };
}

async function cadence(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  if (rest.trim() === '') return { say: cadenceShown(incident, severityOf(deps.policy, incident.severity)) };
  const asked = parseCadence(plainOf(rest));
  if (!asked.ok) return refuse(asked.no);
  return answered(await setCadence(deps, incident.id, intentOf(call), asked.value, call.user));
}

async function snooze(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  const length = parseSnooze(plainOf(rest));
  if (!length.ok) return refuse(length.no);
  const asked = { forMs: length.value, by: call.user, button: null };
  return answered(await snoozeReminder(deps, incident.id, intentOf(call), asked));
}

async function snoozeByButton(deps: Deps, click: Click, incident: Incident): Promise<Answer> {
  const asked = { forMs: SNOOZE, by: click.user, button: click.value };
  return answered(await snoozeReminder(deps, incident.id, intentOf(click), asked));
}

async function clicked(deps: Deps, click: Click, act: (incident: Incident) => Promise<Answer>): Promise<Answer> {
  const found = await clickedOn(deps, click);
  return found.ok ? act(found.value) : { say: wordedOfIncident(found.no) };
}
