import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { FORM_LOST } from '../incidents/forms.ts';
import { type Holder, type Incident, isOpen, ref } from '../incidents/incident.ts';
import { worded } from '../incidents/refusals.ts';
import { holdersOf, rolesHeldBy } from '../incidents/store.ts';
import { clickedOn, findVisible, locate } from '../incidents/transactions.ts';
import { type ChannelId, channelId, type UserId, userId } from '../lib/ids.ts';
import { context, message, section } from '../slack/blocks.ts';
import type { Verb } from '../slack/command.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Heard, Listeners, Submission } from '../slack/listeners.ts';
import { date, joined, md, mentionsIn, plainOf } from '../slack/mrkdwn.ts';
import { readRelieved } from './absent.ts';
import { type RoleRefusal, wordedRole } from './refusals.ts';
import { findRole, type Wish } from './role.ts';
import { ASSIGN_ROLES, openedOn, rolePicker, rolePickerForm } from './role-picker.ts';
import { assignRoles, commanderDeactivated, commanderLeft, commanderReturned } from './transactions.ts';

type Asking = Pick<Call | Click, 'user' | 'intent' | 'channel'>;

/** What is heard about roles. */
export function roleListeners(deps: Deps): Listeners {
  const on =
    (verb: Verb, act: (call: Call, incident: Incident, rest: string) => Promise<Answer>) => async (call: Call) => {
      const found = await locate(deps, call, verb);
      return found.ok ? act(call, found.value.incident, found.value.rest) : { say: worded(found.no) };
    };
  return {
    verbs: {
      ic: on('ic', (call, incident, rest) => ic(deps, call, incident, rest)),
      role: on('role', (call, incident, rest) => role(deps, call, incident, rest)),
      roles: on('roles', (_, incident) => roles(deps, incident)),
    },
    clicks: {
      'take-ic': (click) => takeCommand(deps, click),
      'relieve-ic': (click) => takeCommand(deps, click, readRelieved(click.value)),
      'assign-roles': (click) => assignByButton(deps, click),
    },
    events: {
      member_left_channel: (heard) => membership(deps, heard, commanderLeft),
      member_joined_channel: (heard) => membership(deps, heard, commanderReturned),
      user_change: (heard) => deactivated(deps, heard),
    },
    forms: { [ASSIGN_ROLES]: (form) => assignByForm(deps, form) },
  };
}

async function wish(
  deps: Deps,
  asked: Asking,
  incident: Incident,
  wishes: readonly Wish[],
  polite: boolean,
  gone: UserId | null = null,
): Promise<Answer> {
  const unknown = await unknownIn(deps, wishes);
  const done = await assignRoles(
    deps,
    incident.id,
    { identity: asked.intent, by: asked.user, channel: asked.channel },
    { wishes, by: asked.user, polite, gone },
    unknown,
  );
  return { say: done.ok ? (done.value.answer ?? message(md`Done.`)) : wordedRole(done.no) };
}

/** Who is not known yet is asked of Slack before the transaction. */
const unknownIn = (deps: Deps, wishes: readonly Wish[]) => deps.unknown(wishes.flatMap(({ user }) => user ?? []));

async function ic(deps: Deps, call: Call, incident: Incident, rest: string): Promise<Answer> {
  const named = mentionsIn(rest)[0];
  if (rest !== '' && !named)
    return { say: wordedRole({ why: 'nobody-named', word: plainOf(rest).slice(0, 80), role: 'ic' }) };
  return wish(deps, call, incident, [{ role: 'ic', user: named ?? call.user }], false);
}

async function role(deps: Deps, call: Call, incident: Incident, rest: string): Promise<Answer> {
  if (rest === '') return openPicker(deps, call, incident);
  const known = deps.policy.roles.map((one) => one.id);
  const words = plainOf(rest.replace(/<@[^>]*>/g, ''))
    .trim()
    .split(/\s+/);
  const asked = findRole(deps.policy, words.join(' ')) ?? findRole(deps.policy, words[0] ?? '');
  if (!asked) return { say: wordedRole({ why: 'no-such-role', word: (words[0] ?? '').slice(0, 80), known }) };
  const named = mentionsIn(rest)[0];
  const word = words.at(-1) ?? '';
  const last = word.toLowerCase();
  if (!named && words.length > 1 && ['none', 'nobody', 'release'].includes(last))
    return wish(deps, call, incident, [{ role: asked.id, user: null }], false);
  if (!named && words.length > 1 && !asked.name.toLowerCase().endsWith(last))
    return { say: wordedRole({ why: 'nobody-named', word: word.slice(0, 80), role: asked.id }) };
  return wish(deps, call, incident, [{ role: asked.id, user: named ?? call.user }], false);
}

async function roles(deps: Deps, incident: Incident): Promise<Answer> {
  const holders = await holdersOf(deps.db, incident.id);
  const names = await deps.names(holders.map((holder) => holder.userId));
  const lines = deps.policy.roles.map((one) => line(one.id, one.name, holders, names));
  const said = md`Roles of ${ref(incident)}`;
  return {
    say: message(said, [
      section(md`*${said}*\n${joined(lines)}`),
      context(
        isOpen(incident)
          ? md`\`/incident role <role> @someone\` gives one, \`none\` releases it.`
          : md`As they were at its end: it is ${incident.status}, and roles change hands only while it is open.`,
      ),
    ]),
  };
}

function line(id: string, name: string, holders: readonly Holder[], names: ReadonlyMap<UserId, string>) {
  const holder = holders.find((one) => one.role === id);
  return holder
    ? md`*${name}* ${names.get(holder.userId) ?? holder.userId}, since ${date(holder.fromAt)}`
    : md`*${name}* _Not assigned_`;
}

/** The button takes only what is free, or what someone who is gone still holds: who comes second is told who has it. */
async function takeCommand(deps: Deps, click: Click, gone: UserId | null = null): Promise<Answer> {
  const found = await clickedOn(deps, click);
  if (!found.ok) return { say: worded(found.no) };
  const incident = found.value;
  return wish(deps, click, incident, [{ role: 'ic', user: click.user }], true, gone);
}

async function assignByButton(deps: Deps, click: Click): Promise<Answer> {
  const found = await clickedOn(deps, click);
  return found.ok ? openPicker(deps, click, found.value) : { say: worded(found.no) };
}

async function openPicker(deps: Deps, asked: Pick<Call, 'triggerId'>, incident: Incident): Promise<Answer> {
  if (!isOpen(incident)) return { say: wordedRole({ why: 'has-ended', incident }) };
  try {
    await deps.slack.openView(
      asked.triggerId,
      rolePicker(incident, await holdersOf(deps.db, incident.id), deps.policy),
    );
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, incident: incident.id }, 'a form did not open');
    return { say: message(md`The form did not open. Nothing is lost: type \`/incident role ops @someone\` instead.`) };
  }
}

async function assignByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const field = deps.policy.roles[0]?.id ?? 'ic';
  const on = openedOn(form.privateMetadata);
  if (on === null || !(await findVisible(deps, on.incident, form.user))) return { errors: { [field]: FORM_LOST } };
  const read = readForm(rolePickerForm(deps.policy, on.shown), form.values);
  if (!read.ok) return { errors: read.no };
  // A form that changes nothing is no mistake.
  if (read.value.length === 0) return { close: true };
  const unknown = await unknownIn(deps, read.value);
  const asked = { wishes: read.value, by: form.user, polite: false };
  const done = await assignRoles(deps, on.incident, { identity: form.intent, by: form.user }, asked, unknown);
  if (done.ok) return { close: true, ...(done.value.answer && { late: done.value.answer.text }) };
  return besideFields(deps, done.no, read.value, field);
}

/** Beside the role they were to hold, or the first; a wish that is so already is no mistake. */
async function besideFields(
  deps: Deps,
  refusal: RoleRefusal,
  wishes: readonly Wish[],
  first: string,
): Promise<FormAnswer> {
  const who = 'user' in refusal ? wishes.find(({ user }) => user === refusal.user) : null;
  const untouched = who === null && refusal.why !== 'has-ended';
  return untouched ? { close: true } : { errors: { [who?.role ?? first]: await deps.plain(wordedRole(refusal)) } };
}

/** Someone left or came: it matters when they have command. */
async function membership(
  deps: Deps,
  { event }: Heard,
  act: (deps: Deps, channel: ChannelId, user: UserId, at: string) => Promise<void>,
): Promise<void> {
  const read = Membership.safeParse(event);
  if (read.success) await act(deps, channelId(read.data.channel), userId(read.data.user), read.data.event_ts);
}

/** Slack says it at every change of a profile; it counts once. */
async function deactivated(deps: Deps, { event }: Heard): Promise<void> {
  const read = Deactivation.safeParse(event);
  if (!read.success) return;
  const user = userId(read.data.user.id);
  for (const { incidentId, role: held } of await rolesHeldBy(deps.db, user))
    if (held === 'ic') await commanderDeactivated(deps, incidentId, user);
}

const Membership = z.object({ channel: z.string(), user: z.string(), event_ts: z.string() });
const Deactivation = z.object({ user: z.object({ id: z.string(), deleted: z.literal(true) }) });
