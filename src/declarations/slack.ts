import type { Deps } from '../deps.ts';
import type { Changed } from '../incidents/change.ts';
import { type Declaration, declarationOf, unknownCode } from '../incidents/declare.ts';
import { type Incident, isDrill } from '../incidents/incident.ts';
import { worded } from '../incidents/refusals.ts';
import { findIncidentByChannel } from '../incidents/store.ts';
import { clickedOn, findVisible, openTo } from '../incidents/transactions.ts';
import type { Intent } from '../intents/store.ts';
import { batched } from '../lib/batch.ts';
import type { UserId } from '../lib/ids.ts';
import type { View } from '../slack/api.ts';
import { message } from '../slack/blocks.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Shortcut, Submission } from '../slack/listeners.ts';
import { meaningButton } from '../slack/meaning.ts';
import { md, permalink, plainOf } from '../slack/mrkdwn.ts';
import { type Alike, alikeTo } from './alike.ts';
import { askedFirst } from './duplicates.ts';
import {
  about,
  addedView,
  blank,
  DECLARE,
  type Draft,
  declaredView,
  declareForm,
  declareModal,
  fitsInForm,
  fromDrill,
  fromMessage,
} from './form.ts';
import { timesIn } from './times.ts';
import {
  type Asked,
  addMessage,
  declareTogether,
  joinIncident,
  keepMessage,
  openToEach,
  type Taken,
  wasSaid,
  wholeMessage,
} from './transactions.ts';

/** What is heard about incidents that are not there yet, and about those somebody found open already. */
export function declarationListeners(deps: Deps): Listeners {
  const taken: Taken = new Map();
  const together = batched({
    flush: (asked: readonly Asked[]) => declareTogether(deps, asked, taken),
    max: 100,
    atOnce: 2,
  });
  const openTo = batched({ flush: (people: readonly UserId[]) => openToEach(deps, people), max: 100, atOnce: 2 });
  const ways: Ways = { together, openTo };
  return {
    verbs: { declare: (call) => declare(deps, ways, call) },
    clicks: {
      declare: (click) => open(deps, click, declareModal(deps.policy, blank)),
      'join-incident': (click) => join(deps, click),
    },
    forms: { [DECLARE]: (form) => declareByForm(deps, ways, form) },
    shortcuts: {
      declare_incident: (shortcut) => open(deps, shortcut, declareModal(deps.policy, blank)),
      declare_from_message: (shortcut) => openOnMessage(deps, shortcut),
    },
  };
}

/** Those who come at the same time share a commit, and a look at what is open. */
interface Ways {
  readonly together: (asked: Asked) => Promise<Changed>;
  readonly openTo: (user: UserId) => Promise<readonly Alike[]>;
}

const intentOf = (asked: { user: UserId; intent: string; words?: string }): Intent => ({
  identity: asked.intent,
  by: asked.user,
  ...(asked.words !== undefined && { words: asked.words }),
});

async function declare(deps: Deps, ways: Ways, call: Call): Promise<Answer> {
  const typed = plainOf(call.rest);
  const slip = unknownCode(typed, deps.policy);
  if (slip)
    return { say: worded({ why: 'unknown-code', word: slip, known: deps.policy.severities.map((one) => one.id) }) };
  const said = declarationOf(typed, deps.policy);
  const told = timesIn(said.title, { now: deps.now(), timezone: deps.policy.timezone });
  if (!told.ok) return { say: worded(told.no) };
  const declaration = { ...said, ...told.value };
  if (declaration.title === '') {
    const { severityChosen, visibility, kind } = declaration;
    const severity = severityChosen ? declaration.severity : null;
    const marks = `${kind === 'drill' ? 'drill ' : ''}${visibility === 'private' ? 'private ' : ''}`;
    const instead = `${marks}${severity?.toLowerCase() ?? 'sev1'} <title> ${said.title}`.trim();
    const drill = kind === 'drill' ? null : await drillHere(deps, call);
    const known = { ...blank, ...told.value, ...(drill && fromDrill(drill)) };
    const isPrivate = visibility === 'private' || known.visibility === 'private';
    const draft: Draft = {
      ...known,
      severity: severity ?? known.severity,
      visibility: isPrivate ? 'private' : 'public',
      kind,
    };
    return open(deps, call, declareModal(deps.policy, draft, { drill }), instead);
  }
  const asked = call.meant === 'anyway' ? null : await question(deps, ways, call, declaration);
  if (asked) return { say: asked };
  const waiting = call.responseUrl ? { responseUrl: call.responseUrl } : {};
  const { answer, incident } = await ways.together({ intent: intentOf(call), declaration, waiting });
  return { say: answer ?? message(md`INC-${incident.id} declared.`), ...(call.meant && { inPlace: true }) };
}

/** Whoever declares in the channel of a drill has likely found that it is none. */
async function drillHere(deps: Deps, { channel, user }: Call): Promise<Incident | null> {
  const here = await findIncidentByChannel(deps.db, channel);
  return here && isDrill(here) ? findVisible(deps, here.id, user) : null;
}

/** Null when nothing alike is open, or when these very words were obeyed before. */
async function question(deps: Deps, ways: Ways, call: Call, declaration: Declaration) {
  const found = await lookAlike(deps, ways, call.user, declaration);
  // Words too long for a button are declared: an incident too many is better than none.
  const anyway = meaningButton('Declare anyway', 'anyway', call);
  if (found.length === 0 || !anyway || (await wasSaid(deps, intentOf(call)))) return null;
  return askedFirst(found, anyway);
}

const lookAlike = async ({ policy }: Deps, { openTo }: Ways, user: UserId, declaration: Declaration) =>
  policy.askBeforeDuplicates ? alikeTo(declaration, await openTo(user)) : [];

async function declareByForm(deps: Deps, ways: Ways, form: Submission): Promise<FormAnswer> {
  const read = readForm(declareForm(deps.policy, deps.now()), form.values);
  if (!read.ok) return { errors: read.no };
  const { addTo, ...filled } = read.value;
  const opened = about(form.privateMetadata);
  const from = opened.from && (await wholeMessage(deps, opened.from, form.user));
  if (addTo !== null) return addToOpen(deps, form, addTo, from);
  const declaration = { ...filled, from };
  const found = (await lookAlike(deps, ways, form.user, declaration)).filter(({ id }) => !opened.asked.includes(id));
  if (found.length > 0 && !(await wasSaid(deps, intentOf(form))))
    return { update: declareModal(deps.policy, declaration, { found }) };
  const waiting = { view: form.viewId };
  const { incident } = await ways.together({ intent: intentOf(form), declaration, waiting });
  return { update: declaredView(incident), late: `INC-${incident.id} declared.` };
}

async function openOnMessage(deps: Deps, shortcut: Shortcut): Promise<Answer> {
  if (!shortcut.on) return open(deps, shortcut, declareModal(deps.policy, blank));
  const { channel, message: said } = shortcut.on;
  const [{ url }, running] = await Promise.all([deps.slack.me(), openTo(deps, shortcut.user)]);
  const { from, ...first } = fromMessage(said, permalink(url, channel, said.ts));
  const kept = fitsInForm(from.text) ? null : await keepMessage(deps, intentOf(shortcut), from.text);
  const draft = { ...blank, ...first, from: { ...from, kept } };
  return open(deps, shortcut, declareModal(deps.policy, draft, { running: running ?? [] }));
}

async function addToOpen(
  deps: Deps,
  form: Submission,
  to: Changed['incident']['id'],
  from: Declaration['from'],
): Promise<FormAnswer> {
  const found = await findVisible(deps, to, form.user);
  if (!found || !from) return { errors: { addTo: 'This incident cannot be seen any more. Choose another.' } };
  const incident = await addMessage(deps, found.id, intentOf(form), { ...from, by: form.user });
  return { update: addedView(incident), late: `The message is in the timeline of INC-${incident.id}.` };
}

async function join(deps: Deps, click: Click): Promise<Answer> {
  const found = await clickedOn(deps, click);
  if (!found.ok) return { say: worded(found.no) };
  const done = await joinIncident(deps, found.value.id, intentOf(click));
  return { say: done, ...(click.view === null && { inPlace: true }) };
}

async function open(deps: Deps, asked: { triggerId: string }, view: View, instead = 'sev1 <title>'): Promise<Answer> {
  try {
    await deps.slack.openView(asked.triggerId, view);
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: view.callback_id }, 'a form did not open');
    return {
      say: message(md`The form did not open. Nothing is lost: type \`/incident declare ${instead}\` instead.`),
    };
  }
}
