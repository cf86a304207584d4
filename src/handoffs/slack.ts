import type { Deps } from '../deps.ts';
import { FORM_LOST } from '../incidents/forms.ts';
import type { Incident } from '../incidents/incident.ts';
import { worded } from '../incidents/refusals.ts';
import { clickedOn, findVisible, locate } from '../incidents/transactions.ts';
import type { Intent } from '../intents/store.ts';
import { message } from '../slack/blocks.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Submission } from '../slack/listeners.ts';
import { md, mentionsIn, plainOf } from '../slack/mrkdwn.ts';
import { BRIEF, BriefForm, briefModal, openedOn } from './brief-modal.ts';
import { readOfferValue } from './offer.ts';
import { type HandoffRefusal, wordedHandoff } from './refusals.ts';
import { acceptCommand, briefToEdit, declineCommand, editBrief, hasEnded, offerCommand } from './transactions.ts';

/** What is heard about handing over command: parse, call down, answer. */
export function handoffListeners(deps: Deps): Listeners {
  return {
    verbs: { handoff: (call) => handoff(deps, call) },
    clicks: {
      'handoff-accept': onOffer(deps, (click, incident, offer) => accept(deps, click, incident, offer)),
      'handoff-decline': onOffer(deps, (click, incident, offer) => decline(deps, click, incident, offer)),
      'handoff-edit': onOffer(deps, (click, incident, offer) => openForm(deps, click, incident, offer)),
    },
    forms: { [BRIEF]: (form) => editByForm(deps, form) },
  };
}

const refuse = (refusal: HandoffRefusal): Answer => ({ say: wordedHandoff(refusal) });
const intentOf = (asked: Pick<Call, 'user' | 'intent'> & Partial<Pick<Click, 'channel'>>): Intent => ({
  identity: asked.intent,
  by: asked.user,
  channel: asked.channel ?? null,
});

async function handoff(deps: Deps, call: Call): Promise<Answer> {
  const found = await locate(deps, call, 'handoff');
  if (!found.ok) return { say: worded(found.no) };
  const { incident, rest } = found.value;
  const ended = await hasEnded(deps, incident);
  if (ended) return refuse(ended);
  const people = [...new Set(mentionsIn(rest))];
  const [to] = people;
  if (to === undefined) return refuse({ why: 'nobody-named', word: plainOf(rest).trim() });
  if (people.length > 1) return refuse({ why: 'several-named', people });
  // Who is not known yet is asked of Slack before the transaction.
  const unknown = await deps.unknown([to]);
  const done = await offerCommand(deps, incident.id, intentOf(call), to, call.user, unknown);
  return done.ok ? { say: done.value.answer ?? message(md`Offered.`) } : refuse(done.no);
}

function onOffer(deps: Deps, act: (click: Click, incident: Incident, offer: number) => Promise<Answer>) {
  return async (click: Click): Promise<Answer> => {
    const found = await clickedOn(deps, click);
    if (!found.ok) return { say: worded(found.no) };
    const offer = readOfferValue(click.value);
    return offer === null ? refuse({ why: 'no-such-offer', incident: found.value }) : act(click, found.value, offer);
  };
}

async function accept(deps: Deps, click: Click, incident: Incident, offer: number): Promise<Answer> {
  const done = await acceptCommand(deps, incident.id, intentOf(click), offer, click.user);
  return done.ok ? { say: done.value.answer ?? message(md`Accepted.`) } : refuse(done.no);
}

async function decline(deps: Deps, click: Click, incident: Incident, offer: number): Promise<Answer> {
  const done = await declineCommand(deps, incident.id, intentOf(click), offer, click.user);
  return done.ok ? { say: done.value.answer ?? message(md`Declined.`) } : refuse(done.no);
}

async function openForm(deps: Deps, click: Click, incident: Incident, offerId: number): Promise<Answer> {
  const offer = await briefToEdit(deps, incident, offerId, click.user);
  if (!offer.ok) return refuse(offer.no);
  try {
    await deps.slack.openView(click.triggerId, briefModal(incident, offer.value));
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: BRIEF }, 'a form did not open');
    return { say: message(md`The form did not open. The brief stands as it is; press *Edit brief* again.`) };
  }
}

async function editByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const on = openedOn(form.privateMetadata);
  if (on === null || !(await findVisible(deps, on.incident, form.user))) return { errors: { stands: FORM_LOST } };
  const read = readForm(BriefForm, form.values);
  if (!read.ok) return { errors: read.no };
  const edited = { brief: read.value, version: on.version, by: form.user };
  const done = await editBrief(deps, on.incident, intentOf(form), on.offer, edited);
  if (!done.ok) return { errors: { stands: await deps.plain(wordedHandoff(done.no)) } };
  return { close: true, ...(done.value.answer && { late: done.value.answer.text }) };
}
