import type { Status } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { Intent } from '../intents/store.ts';
import { type ChannelId, parseRef, userId } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { findPeople } from '../people/store.ts';
import type { View } from '../slack/api.ts';
import { message } from '../slack/blocks.ts';
import { cardOf, parseCommand, type Verb } from '../slack/command.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Submission } from '../slack/listeners.ts';
import { md, plainOf } from '../slack/mrkdwn.ts';
import { peopleOn } from './card.ts';
import type { Changed } from './change.ts';
import { isPerson } from './contact.ts';
import { leadingContacts } from './contacts.ts';
import {
  CANCEL,
  changedIn,
  EDIT,
  editForm,
  editModal,
  FORM_LOST,
  formIncident,
  REOPEN,
  RESOLVE,
  ResolveForm,
  resolveModal,
  SEVERITY,
  SeverityForm,
  seenIn,
  severityModal,
  WhyForm,
  whyModal,
} from './forms.ts';
import { type Incident, isOpen } from './incident.ts';
import { help, list, show, unknownVerb } from './overview.ts';
import { type Refusal, worded } from './refusals.ts';
import { servicesFor } from './services.ts';
import { parseSeverity, severityIn } from './severity.ts';
import { parseStatus } from './status.ts';
import { findIncidentByChannel, listOpenIncidents } from './store.ts';
import * as change from './transactions.ts';

type Found = { readonly incident: Incident; readonly rest: string };

/** What is heard about incidents themselves: parse, call down, answer. */
export function incidentListeners(deps: Deps): Listeners {
  const on = (verb: Verb, act: (call: Call, found: Found) => Promise<Answer>) => async (call: Call) => {
    const found = await change.locate(deps, call, verb);
    return found.ok ? act(call, found.value) : refuse(found.no);
  };
  return {
    bare: (call) => overview(deps, call),
    unknown: async (_, word, nearest) => ({ say: unknownVerb(word, nearest) }),
    verbs: {
      severity: on('severity', (call, found) => severity(deps, call, found)),
      status: on('status', (call, found) => status(deps, call, found)),
      mitigated: on('mitigated', (call, { incident, rest }) => moveTo(deps, call, incident, 'mitigated', rest, 'open')),
      resolve: on('resolve', (call, found) => resolve(deps, call, found)),
      reopen: on('reopen', (call, { incident, rest }) => reopen(deps, call, incident, rest)),
      cancel: on('cancel', (call, { incident, rest }) => cancel(deps, call, incident, rest)),
      edit: on('edit', (call, { incident }) =>
        open(deps, call, editModal(incident, deps.policy), '/incident title <text>'),
      ),
      title: on('title', (call, { incident, rest }) => correctText(deps, call, incident, 'title', rest)),
      impact: on('impact', (call, { incident, rest }) => correctText(deps, call, incident, 'impact', rest)),
      link: on('link', (call, { incident, rest }) => addLink(deps, call, incident, rest)),
      escalate: on('escalate', (call, { incident, rest }) => escalate(deps, call, incident, rest)),
      list: (call) => listed(deps, call, Number(/^\d{1,4}$/.exec(call.rest)?.[0] ?? 1)),
      show: (call) => showOne(deps, call),
      help: async (call) => ({ say: helpFor(call.rest) }),
    },
    clicks: {
      'change-severity': clicked(deps, (click, incident) =>
        open(deps, click, severityModal(incident, deps.policy), '/incident severity <sev>'),
      ),
      mitigated: clicked(deps, (click, incident) => moveTo(deps, click, incident, 'mitigated', '', 'open')),
      resolve: clicked(deps, (click, incident) => openResolve(deps, click, incident)),
      reopen: clicked(deps, (click, incident) => reopen(deps, click, incident, '')),
      escalate: clicked(deps, (click, incident) => escalate(deps, click, incident, '')),
    },
    options: { services: (typed) => servicesFor(deps.policy, typed) },
    forms: {
      [RESOLVE]: (form) => resolveByForm(deps, form),
      [SEVERITY]: (form) => severityByForm(deps, form),
      [EDIT]: (form) => editByForm(deps, form),
      [REOPEN]: (form) => moveByForm(deps, form, { to: 'investigating', only: 'ended' }),
      [CANCEL]: (form) => moveByForm(deps, form, { to: 'canceled' }),
    },
  };
}

type Asking = Pick<Call, 'user' | 'intent' | 'triggerId'>;

const intentOf = (
  asked: Pick<Asking, 'user' | 'intent'> & Partial<Pick<Click, 'channel'> & Pick<Call, 'words'>>,
): Intent => ({
  identity: asked.intent,
  by: asked.user,
  channel: asked.channel ?? null,
  ...(asked.words !== undefined && { words: asked.words }),
});

const refuse = (refusal: Refusal): Answer => ({ say: worded(refusal) });
const answered = (result: Result<Changed, Refusal>): Answer =>
  result.ok ? { say: result.value.answer ?? message(md`Done.`) } : refuse(result.no);

function clicked(deps: Deps, act: (click: Click, incident: Incident) => Promise<Answer>) {
  return async (click: Click): Promise<Answer> => {
    const found = await change.clickedOn(deps, click);
    return found.ok ? act(click, found.value) : refuse(found.no);
  };
}

async function open(deps: Deps, asked: Asking, view: View, instead: string): Promise<Answer> {
  try {
    await deps.slack.openView(asked.triggerId, view);
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: view.callback_id }, 'a form did not open');
    return { say: message(md`The form did not open. Nothing is lost: type \`${instead}\` instead.`) };
  }
}

async function overview(deps: Deps, call: Call): Promise<Answer> {
  const here = await findIncidentByChannel(deps.db, call.channel);
  if (here) return { say: await shown(deps, here, call.channel) };
  return listed(deps, call, 1);
}

async function listed(deps: Deps, call: Call, page: number): Promise<Answer> {
  return { say: list(await listOpenIncidents(deps.db, call.user), deps.policy, deps.now(), page) };
}

async function showOne(deps: Deps, call: Call): Promise<Answer> {
  const named = call.rest === '' ? null : parseRef(call.rest.replace(/^in\s+/i, ''));
  if (call.rest === '') {
    const found = await change.locate(deps, call, 'show');
    return found.ok ? { say: await shown(deps, found.value.incident, call.channel) } : refuse(found.no);
  }
  const incident = named === null ? null : await change.findVisible(deps, named, call.user);
  if (incident) return { say: await shown(deps, incident, call.channel) };
  return refuse(await change.cannotSee(deps, plainOf(call.rest).slice(0, 60), call.user));
}

async function shown(deps: Deps, incident: Incident, askedIn: ChannelId) {
  const { holders, ...beside } = await change.readBeside(deps, incident);
  const names = await deps.names(peopleOn(holders, beside));
  return show(incident, holders, names, deps.policy, { ...beside, workspaceUrl: await workspaceUrl(deps) }, askedIn);
}

/** Asked of Slack once and kept; without it the card leads nowhere. */
const workspaceUrl = ({ slack }: Deps): Promise<string | null> =>
  slack.me().then(
    ({ url }) => url,
    () => null,
  );

function helpFor(rest: string) {
  const command = parseCommand(rest);
  if (command.kind === 'unknown') return unknownVerb(command.word, command.nearest);
  return help(command.kind === 'verb' ? command.verb : null);
}

async function severity(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  const words = plainOf(rest).trim();
  if (words === '') return open(deps, call, severityModal(incident, deps.policy), '/incident severity <sev>');
  const to = severityIn(deps.policy, words);
  if (!to.ok) return refuse(to.no);
  const asked = { to: to.value.severity, by: call.user, why: to.value.rest || null };
  return answered(await change.changeSeverityOf(deps, incident.id, intentOf(call), asked));
}

async function severityByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const read = readForm(SeverityForm, form.values);
  if (!read.ok) return { errors: read.no };
  const to = parseSeverity(deps.policy, read.value.severity);
  if (!to.ok) return { errors: { severity: await deps.plain(worded(to.no)) } };
  return aboutIncident(deps, form, 'severity', (id) =>
    change.changeSeverityOf(deps, id, intentOf(form), {
      to: to.value,
      by: form.user,
      why: read.value.why,
      seen: seenIn(form.privateMetadata),
    }),
  );
}

async function status(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  const [word = '', ...why] = plainOf(rest).split(/\s+/);
  if (word === '')
    return refuse({
      why: 'words-missing',
      verb: 'status',
      what: 'a status: investigating, identified, mitigated, resolved or closed',
    });
  const to = parseStatus(word);
  if (!to.ok) return refuse(to.no);
  const asked = { to: to.value, by: call.user, why: why.join(' ') || null };
  return answered(await change.moveIncident(deps, incident.id, intentOf(call), asked));
}

async function moveTo(
  deps: Deps,
  asked: Asking,
  incident: Incident,
  to: Status,
  rest: string,
  only?: 'open' | 'ended',
): Promise<Answer> {
  const move = { to, by: asked.user, why: plainOf(rest) || null, ...(only && { only }) };
  return answered(await change.moveIncident(deps, incident.id, intentOf(asked), move));
}

/** Without a reason it is asked for, but where it cannot be done anyway: there a stale button is told how it stands. */
async function reopen(deps: Deps, asked: Asking, incident: Incident, rest: string): Promise<Answer> {
  if (rest !== '' || isOpen(incident)) return moveTo(deps, asked, incident, 'investigating', rest, 'ended');
  return open(deps, asked, whyModal(incident, REOPEN), '/incident reopen <why>');
}

async function cancel(deps: Deps, asked: Asking, incident: Incident, rest: string): Promise<Answer> {
  if (rest !== '' || incident.status === 'canceled') return moveTo(deps, asked, incident, 'canceled', rest);
  return open(deps, asked, whyModal(incident, CANCEL), '/incident cancel <why>');
}

async function moveByForm(
  deps: Deps,
  form: Submission,
  move: { readonly to: Status; readonly only?: 'ended' },
): Promise<FormAnswer> {
  const read = readForm(WhyForm, form.values);
  if (!read.ok) return { errors: read.no };
  return aboutIncident(deps, form, 'why', (id) =>
    change.moveIncident(deps, id, intentOf(form), {
      ...move,
      by: form.user,
      why: read.value.why,
      seen: seenIn(form.privateMetadata),
    }),
  );
}

async function resolve(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  return rest === '' ? openResolve(deps, call, incident) : moveTo(deps, call, incident, 'resolved', rest, 'open');
}

/** A stale button answers who resolved it and when; the form opens only where there is something to resolve. */
async function openResolve(deps: Deps, asked: Asking, incident: Incident): Promise<Answer> {
  if (incident.status === 'resolved' || incident.status === 'closed' || incident.status === 'canceled')
    return moveTo(deps, asked, incident, 'resolved', '', 'open');
  return open(deps, asked, resolveModal(incident, deps.policy), '/incident resolve <what fixed it>');
}

async function resolveByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const read = readForm(ResolveForm, form.values);
  if (!read.ok) return { errors: read.no };
  const { fixed, impact, audience } = read.value;
  return aboutIncident(deps, form, 'fixed', (id) =>
    change.moveIncident(deps, id, intentOf(form), {
      to: 'resolved',
      by: form.user,
      why: fixed,
      only: 'open',
      resolution: fixed,
      audience,
      ...changedIn(form.privateMetadata, { impact }),
    }),
  );
}

async function editByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const read = readForm(editForm(deps.now()), form.values);
  if (!read.ok) return { errors: read.no };
  const { title, impact, services, startedAt } = read.value;
  const correction = changedIn(form.privateMetadata, {
    title,
    impact,
    impactStartedAt: startedAt,
    ...(services && { services }),
  });
  return aboutIncident(deps, form, 'title', (id) =>
    change.correctIncident(deps, id, intentOf(form), form.user, correction),
  );
}

/**
 * The answer to a form about an incident: it closes, or says beside its first field why not. Who sent it may have left a
 * private incident since it was opened.
 */
async function aboutIncident(
  deps: Deps,
  form: Submission,
  field: string,
  act: (id: Incident['id']) => Promise<Result<Changed, Refusal>>,
): Promise<FormAnswer> {
  const id = formIncident(form.privateMetadata);
  const incident = id === null ? null : await change.findVisible(deps, id, form.user);
  if (!incident) return { errors: { [field]: FORM_LOST } };
  const done = await act(incident.id);
  if (!done.ok) return { errors: { [field]: await deps.plain(worded(done.no)) } };
  return { close: true, ...(done.value.answer && { late: done.value.answer.text }) };
}

async function correctText(
  deps: Deps,
  call: Call,
  incident: Incident,
  what: 'title' | 'impact',
  rest: string,
): Promise<Answer> {
  const text = plainOf(rest);
  if (text === '') return open(deps, call, editModal(incident, deps.policy), `/incident ${cardOf(what).example}`);
  return answered(await change.correctIncident(deps, incident.id, intentOf(call), call.user, { [what]: text }));
}

async function addLink(deps: Deps, call: Call, incident: Incident, rest: string): Promise<Answer> {
  const [, url = '', name = ''] = /^<?([^\s|>]*)(?:\|[^>]*)?>?\s*([\s\S]*)$/.exec(rest) ?? [];
  if (url === '') return refuse({ why: 'words-missing', verb: 'link', what: 'a URL' });
  return answered(
    await change.linkIncident(deps, incident.id, intentOf(call), call.user, plainOf(url), plainOf(name) || null),
  );
}

async function escalate(deps: Deps, asked: Asking, incident: Incident, rest: string): Promise<Answer> {
  const written = deps.policy.severities.flatMap((severity) => severity.escalate.flatMap((rung) => rung.to));
  const { to, rest: why } = leadingContacts(rest, new Set(written));
  const nobody = await nobodyBehind(deps, to);
  if (nobody.length > 0) return refuse({ why: 'nobody-to-call', names: nobody });
  return answered(
    await change.escalateIncident(deps, incident.id, intentOf(asked), {
      to,
      why: plainOf(why) || null,
      by: asked.user,
    }),
  );
}

/** Of those who are named, who would not come: people and groups Slack does not know, bots, accounts that are deactivated. While Slack is silent nobody is held back. */
async function nobodyBehind(deps: Deps, named: readonly string[]): Promise<string[]> {
  const unknown = await deps.unknown(named);
  const people = await findPeople(deps.db, named.filter(isPerson).map(userId));
  const gone = people.filter(({ standing }) => standing === 'bot' || standing === 'deactivated');
  return [...unknown, ...gone.map((person) => person.userId)];
}
