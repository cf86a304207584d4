import type { Deps } from '../deps.ts';
import type { Changed } from '../incidents/change.ts';
import { FORM_LOST } from '../incidents/forms.ts';
import type { Incident } from '../incidents/incident.ts';
import { worded } from '../incidents/refusals.ts';
import { findIncidentByChannel, holdersOf } from '../incidents/store.ts';
import { clickedOn, findVisible, locate } from '../incidents/transactions.ts';
import type { Intent } from '../intents/store.ts';
import type { Message } from '../jobs/job.ts';
import { dayOf } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { no, type Result } from '../lib/result.ts';
import { unknownReader } from '../people/person.ts';
import { findPeople, findPerson } from '../people/store.ts';
import type { View } from '../slack/api.ts';
import { message } from '../slack/blocks.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Shortcut, Submission } from '../slack/listeners.ts';
import { md, plainOf } from '../slack/mrkdwn.ts';
import { type ActionItem, isOpenItem, LONGEST_ITEM, readItemValue } from './action-item.ts';
import type { AskedItem } from './add.ts';
import * as form from './forms.ts';
import { saidIn, threadOf, whatOf } from './from-message.ts';
import { list, readPage, type Scope } from './list.ts';
import { dayTyped, parseItem } from './parse.ts';
import { type ActionRefusal, wordedAction } from './refusals.ts';
import type { Step } from './step.ts';
import { findItem, listItems, wordingsOf } from './store.ts';
import { addItem, type Heard, stepItem } from './transactions.ts';

/** What is heard about action items: parse, call down, answer. */
export function actionListeners(deps: Deps): Listeners {
  const opens = (draw: (item: ActionItem) => View, instead: string) => (click: Click) =>
    openOn(deps, click, draw, instead);
  const takes = (how: 'done' | 'reopen') => (click: Click) => stepByClick(deps, click, { how });
  return {
    verbs: {
      action: (call) => action(deps, call),
      actions: (call) => actions(deps, call),
    },
    clicks: {
      'action-done': takes('done'),
      'action-reopen': takes('reopen'),
      'action-postpone': opens((item) => form.postponeModal(item, today(deps)), 'Postpone'),
      'action-drop': opens((item) => form.dropModal(item), 'Drop'),
      'action-assign': opens((item) => form.assignModal(item, today(deps)), 'Assign'),
      'action-edit': opens((item) => form.editModal(item, today(deps)), 'Edit'),
      'action-add': (click) => addByButton(deps, click),
      'actions-page': (click) => page(deps, click),
      'actions-first': (click) => page(deps, click),
    },
    forms: {
      [form.ADD]: (sent) => addByForm(deps, sent),
      [form.EDIT_ITEM]: (sent) => editByForm(deps, sent),
      [form.POSTPONE]: (sent) => postponeByForm(deps, sent),
      [form.DROP]: (sent) => dropByForm(deps, sent),
      [form.ASSIGN]: (sent) => assignByForm(deps, sent),
    },
    shortcuts: { add_action_item: (shortcut) => addByShortcut(deps, shortcut) },
  };
}

const today = ({ now, policy }: Deps) => dayOf(now(), policy.timezone);
const refuse = (refusal: ActionRefusal): Answer => ({ say: wordedAction(refusal) });
const intentOf = (asked: { intent: string; user: UserId }) => ({ identity: asked.intent, by: asked.user });
const answered = (done: Result<Changed, ActionRefusal>): Answer =>
  done.ok ? { say: done.value.answer ?? message(md`Done.`) } : refuse(done.no);

async function action(deps: Deps, call: Call): Promise<Answer> {
  const found = await locate(deps, call, 'action');
  if (!found.ok) return { say: worded(found.no) };
  const { incident, rest } = found.value;
  if (rest.trim() === '') return open(deps, call, form.addModal(incident, today(deps), null, call.channel), ADD_TYPED);
  const wanted = parseItem(rest, today(deps));
  if (!wanted.ok) return refuse(wanted.no);
  const asked: AskedItem = { ...wanted.value, type: null, ticket: null, by: call.user, from: null };
  return answered(await add(deps, incident, { ...intentOf(call), channel: call.channel }, asked));
}

/** Who is not known yet is asked of Slack before the transaction. */
async function add(deps: Deps, incident: Incident, intent: Intent, asked: AskedItem) {
  return addItem(deps, incident.id, intent, asked, await heardOf(deps, incident, asked.owner));
}

async function heardOf(deps: Deps, incident: Incident, owner: UserId | null): Promise<Heard> {
  const named = owner === null ? [] : [owner];
  const holders = await holdersOf(deps.db, incident.id);
  const people = [incident.declaredBy, ...holders.map(({ userId }) => userId)];
  const [unknown, names] = await Promise.all([deps.unknown(named), deps.names(people)]);
  const owners = await findPeople(deps.db, named);
  return { names: [...names.values(), ...owners.map(({ name }) => name)], unknown };
}

/**
 * Alone in an incident's channel (or with `in INC-42`, whatever stands before it) its own, the late ones first; `mine`,
 * which it is elsewhere, `all` and `overdue` of all incidents.
 */
async function actions(deps: Deps, call: Call): Promise<Answer> {
  const word = call.rest.trim().toLowerCase();
  if (isOfAll(word)) return listed(deps, call.user, word, 0);
  if (word === '' && !(await findIncidentByChannel(deps.db, call.channel))) return listed(deps, call.user, 'mine', 0);
  const found = await locate(deps, call, 'actions');
  const typed = plainOf(found.ok ? found.value.rest : call.rest).trim();
  if (!found.ok && /\bin\s+\S+$/i.test(typed)) return { say: worded(found.no) };
  if (!found.ok || (typed !== '' && !isOfAll(typed.toLowerCase()))) return refuse({ why: 'no-such-list', typed });
  return listed(deps, call.user, found.value.incident.id, 0);
}

const isOfAll = (word: string): word is 'mine' | 'all' | 'overdue' =>
  word === 'mine' || word === 'all' || word === 'overdue';

async function page(deps: Deps, click: Click): Promise<Answer> {
  const wanted = readPage(click.value);
  if (wanted === null) return refuse({ why: 'no-such-list', typed: click.value });
  // Commands that only show are refused to those whom Slack has not named; so is the next page.
  if ((await findPerson(deps.db, click.user))?.standing !== 'member') return { say: unknownReader };
  const { scope, from } = wanted;
  if (typeof scope === 'number') {
    const found = await clickedOn(deps, click);
    if (!found.ok) return { say: worded(found.no) };
  }
  return { ...(await listed(deps, click.user, scope, from)), inPlace: true };
}

async function listed(deps: Deps, reader: UserId, scope: Scope, from: number): Promise<{ say: Message }> {
  const asked = { scope, reader, today: today(deps) };
  const read = await listItems(deps.db, { ...asked, from });
  // What stood on the last page may be done since.
  const isGone = read.items.length === 0 && from > 0;
  const [shown, at] = isGone ? [await listItems(deps.db, { ...asked, from: 0 }), 0] : [read, from];
  const names = await deps.names(shown.items.flatMap(({ owner }) => owner ?? []));
  return { say: list(scope, shown, at, names, asked.today) };
}

const ADD_TYPED = '/incident action <what> @someone by friday';

async function open(deps: Deps, asked: { triggerId: string }, view: View, instead: string): Promise<Answer> {
  try {
    await deps.slack.openView(asked.triggerId, view);
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: view.callback_id }, 'a form did not open');
    return { say: message(md`The form did not open. Nothing is lost: \`${instead}\`.`) };
  }
}

async function addByButton(deps: Deps, click: Click): Promise<Answer> {
  const found = await clickedOn(deps, click);
  if (!found.ok) return { say: worded(found.no) };
  return open(deps, click, form.addModal(found.value, today(deps), null, click.channel), ADD_TYPED);
}

async function addByShortcut(deps: Deps, shortcut: Shortcut): Promise<Answer> {
  const { on } = shortcut;
  const incident = on && (await findIncidentByChannel(deps.db, on.channel));
  if (!incident) return refuse({ why: 'no-incident-here' });
  const from = { message: on.message.ts, what: whatOf(on.message.text, LONGEST_ITEM) };
  return open(deps, shortcut, form.addModal(incident, today(deps), from, on.channel), ADD_TYPED);
}

/** The item a button is about, if who pressed it may see its incident. */
async function itemOf(deps: Deps, click: Click): Promise<Result<{ incident: Incident; item: ActionItem }, Answer>> {
  const found = await clickedOn(deps, click);
  if (!found.ok) return no({ say: worded(found.no) });
  const number = readItemValue(click.value);
  const item = number === null ? undefined : await findItem(deps.db, found.value.id, number);
  if (!item) return no(refuse({ why: 'no-such-item', incident: found.value }));
  return { ok: true, value: { incident: found.value, item } };
}

async function stepByClick(deps: Deps, click: Click, step: Step): Promise<Answer> {
  const found = await itemOf(deps, click);
  if (!found.ok) return found.no;
  const { incident, item } = found.value;
  return answered(await stepItem(deps, incident.id, intentOf(click), item.id, { step, by: click.user, seen: null }));
}

/** A stale button says who settled it; the form opens only where there is something to settle. */
async function openOn(deps: Deps, click: Click, draw: (item: ActionItem) => View, label: string): Promise<Answer> {
  const found = await itemOf(deps, click);
  if (!found.ok) return found.no;
  const { item } = found.value;
  if (!isOpenItem(item)) return refuse({ why: 'item-over', item });
  return open(deps, click, draw(item), `press ${label} again`);
}

type Read<T> = Result<T, Record<string, string>>;

async function addByForm(deps: Deps, sent: Submission): Promise<FormAnswer> {
  const about = form.readAbout(sent.privateMetadata);
  const incident = about && (await findVisible(deps, about.incident, sent.user));
  if (!incident) return { errors: { what: FORM_LOST } };
  const read = itemIn(deps, sent);
  if (!read.ok) return { errors: read.no };
  const from = about.message ? await origin(deps, incident, about.message, read.value.what) : null;
  const asked: AskedItem = { ...read.value, by: sent.user, from };
  const intent: Intent = { ...intentOf(sent), ...(about.channel && { channel: about.channel }) };
  return sayIn(deps, 'what', await add(deps, incident, intent, asked));
}

/** Where it was noted. Words that were left as they are stay the message's: should it be taken back, the item says them no more. */
async function origin(deps: Deps, incident: Incident, message: NonNullable<form.About['message']>, what: string) {
  const wordings = await wordingsOf(deps.db, incident.id, message);
  const quotes = wordings.length === 0 || whatOf(saidIn(wordings), LONGEST_ITEM) === what;
  return { ts: message, thread: threadOf(wordings) ?? message, quotes };
}

function itemIn(deps: Deps, sent: Submission): Read<Pick<AskedItem, 'what' | 'owner' | 'dueOn' | 'type' | 'ticket'>> {
  const read = readForm(form.ItemForm, sent.values);
  if (!read.ok) return read;
  const { due, ...fields } = read.value;
  const day = dayTyped(due, today(deps));
  return day.ok ? { ok: true, value: { ...fields, dueOn: day.value } } : no({ due: said(day.no) });
}

const editByForm = (deps: Deps, sent: Submission) =>
  stepByForm(deps, sent, 'what', () => {
    const read = itemIn(deps, sent);
    return read.ok ? { ok: true, value: { how: 'edit', ...read.value } } : read;
  });

const postponeByForm = (deps: Deps, sent: Submission) =>
  stepByForm(deps, sent, 'due', () => {
    const read = readForm(form.PostponeForm, sent.values);
    if (!read.ok) return read;
    const day = dayTyped(read.value.due, today(deps));
    if (!day.ok) return no({ due: said(day.no) });
    return day.value === null ? no({ due: FORM_LOST }) : { ok: true, value: { how: 'postpone', dueOn: day.value } };
  });

const dropByForm = (deps: Deps, sent: Submission) =>
  stepByForm(deps, sent, 'reason', () => {
    const read = readForm(form.DropForm, sent.values);
    return read.ok ? { ok: true, value: { how: 'drop', reason: read.value.reason } } : read;
  });

const assignByForm = (deps: Deps, sent: Submission) =>
  stepByForm(deps, sent, 'owner', () => {
    const read = readForm(form.AssignForm, sent.values);
    if (!read.ok) return read;
    const day = dayTyped(read.value.due, today(deps));
    return day.ok
      ? { ok: true, value: { how: 'assign', owner: read.value.owner, dueOn: day.value } }
      : no({ due: said(day.no) });
  });

async function stepByForm(deps: Deps, sent: Submission, field: string, read: () => Read<Step>): Promise<FormAnswer> {
  const about = form.readAbout(sent.privateMetadata);
  const incident = about && (await findVisible(deps, about.incident, sent.user));
  if (!incident || about.item === undefined) return { errors: { [field]: FORM_LOST } };
  const step = read();
  if (!step.ok) return { errors: step.no };
  const owner = 'owner' in step.value ? step.value.owner : null;
  const heard = await heardOf(deps, incident, owner);
  const asked = { step: step.value, by: sent.user, seen: about.seen ?? null };
  return sayIn(deps, field, await stepItem(deps, incident.id, intentOf(sent), about.item, asked, heard));
}

const said = (refusal: ActionRefusal): string => plainOf(wordedAction(refusal).text);

/** A form closes, unless there is more to say of what was saved. Beside a field nothing is mentioned: it takes names. */
async function sayIn(deps: Deps, field: string, done: Result<Changed, ActionRefusal>): Promise<FormAnswer> {
  if (!done.ok) {
    const sentence = await deps.plain(wordedAction(done.no));
    return { errors: { [OWNERS.has(done.no.why) ? 'owner' : field]: sentence } };
  }
  const { answer } = done.value;
  if (answer?.blocks) return { update: form.savedView(answer.text), late: answer.text };
  return { close: true, ...(answer && { late: answer.text }) };
}

const OWNERS: ReadonlySet<ActionRefusal['why']> = new Set(['cannot-own', 'owner-unknown', 'owner-outside']);
