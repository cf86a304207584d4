import { type Decision, receipt } from '../incidents/decision.ts';
import { type Holder, holderOf, type Incident, isOpen, ref } from '../incidents/incident.ts';
import { post, redraw } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Person } from '../people/person.ts';
import { type Policy, type RoleCard, severityOf } from '../policy.ts';
import { type Block, message, section } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md, mention, quietly } from '../slack/mrkdwn.ts';
import { relievedAbsent } from './absent.ts';
import { askedAs } from './acknowledge.ts';
import { dutiesOf, relieved, twoHats } from './duties.ts';
import type { RoleRefusal } from './refusals.ts';

/** Who is to hold a role from now on; null releases it. */
export interface Wish {
  readonly role: string;
  readonly user: UserId | null;
}

export interface Asked {
  readonly wishes: readonly Wish[];
  readonly by: UserId;
  readonly now: Date;
  /** A button takes only what is free; a typed command takes over. */
  readonly polite: boolean;
  /** Whom even a button relieves: they have command and are gone. */
  readonly gone?: UserId | null;
  /** Who cannot be written to any more. */
  readonly unreachable?: ReadonlySet<UserId>;
  /** Command is handed over formally: the brief, under the public line. */
  readonly handedOver?: readonly Block[];
}

/** What the transaction writes beside the decision: who lets go of which role, and who takes it. */
interface RoleDecision {
  readonly decision: Decision;
  readonly changes: readonly Wish[];
}

/** Roles change hands: one public line each, duties in private, card and topic follow. Wishes that are true already change nothing. */
export function assign(
  incident: Incident,
  holders: readonly Holder[],
  policy: Policy,
  asked: Asked,
): Result<RoleDecision, RoleRefusal> {
  if (!isOpen(incident)) return no({ why: 'has-ended', incident });
  const changes = asked.wishes.filter((wish) => holderOf(holders, wish.role) !== wish.user);
  const first = asked.wishes[0];
  if (changes.length === 0 && first) return no(alreadySo(incident, holders, policy, first, asked.by));
  const taken = changes.find((wish) => ![null, asked.gone ?? null].includes(holderOf(holders, wish.role)));
  if (asked.polite && taken) return no(heldBy(incident, holders, policy, taken.role));
  const after = holdersAfter(holders, changes, asked.now);
  return ok({
    changes,
    decision: {
      change: acknowledgement(incident, after, changes, asked.now),
      entries: changes.map((wish) => entry(policy, holders, wish, asked.by)),
      jobs: [
        ...invitation(incident, changes, asked.now),
        post(incident.id, 'channel', inPublic(policy, holders, changes, asked), asked.now),
        ...changes.flatMap((wish) => privately(incident, holders, policy, wish, asked)),
        ...hats(incident, after, changes, policy, asked.now),
        ...askAgain(incident, changes, policy, asked.now),
        ...answered(incident, changes, asked.now),
        ...ofCommand(incident, holders, changes, asked.now),
        ...redraw(incident.id, asked.now),
      ],
      ...told(incident, policy, changes, asked.by),
    },
  });
}

/** Null: nothing stands against the people who are named. While Slack is silent about somebody, nothing does. */
export function mayNotHold(
  changes: readonly Wish[],
  known: readonly Person[],
  unknown: ReadonlySet<UserId>,
): RoleRefusal | null {
  const wished = changes.flatMap(({ user }) => user ?? []);
  const nobody = wished.find((user) => unknown.has(user));
  if (nobody) return { why: 'unknown-person', user: nobody };
  const outsider = known.find(({ standing, userId }) => wished.includes(userId) && standing !== 'member');
  return outsider ? { why: 'may-not-command', user: outsider.userId } : null;
}

function alreadySo(
  incident: Incident,
  holders: readonly Holder[],
  policy: Policy,
  wish: Wish,
  by: UserId,
): RoleRefusal {
  if (wish.user === null) return { why: 'nobody-holds-it', incident, role: nameOf(policy, wish.role) };
  return wish.user === by
    ? { why: 'you-hold-it', incident, role: nameOf(policy, wish.role) }
    : heldBy(incident, holders, policy, wish.role);
}

function heldBy(incident: Incident, holders: readonly Holder[], policy: Policy, role: string): RoleRefusal {
  const holder = holders.find((one) => one.role === role);
  return holder
    ? { why: 'held', incident, role: nameOf(policy, role), by: holder.userId, since: holder.fromAt }
    : { why: 'nobody-holds-it', incident, role: nameOf(policy, role) };
}

const roleOf = (policy: Policy, id: string): RoleCard | undefined => policy.roles.find((role) => role.id === id);
const nameOf = (policy: Policy, id: string): string => roleOf(policy, id)?.name ?? id;

function holdersAfter(holders: readonly Holder[], changes: readonly Wish[], now: Date): Holder[] {
  const kept = holders.filter((holder) => !changes.some((wish) => wish.role === holder.role));
  return [...kept, ...changes.flatMap(({ role, user }) => (user ? [{ role, userId: user, fromAt: now }] : []))];
}

/** The first IC acknowledges the incident; when command is let go the channel is asked again, counted from now. */
function acknowledgement(incident: Incident, after: readonly Holder[], changes: readonly Wish[], now: Date) {
  if (releasesIc(changes)) return { acknowledgeAsks: 0, acknowledgeAskedAt: now };
  return holderOf(after, 'ic') === null ? {} : { acknowledgedAt: incident.acknowledgedAt ?? now };
}

const releasesIc = (changes: readonly Wish[]): boolean =>
  changes.some((wish) => wish.role === 'ic' && wish.user === null);

function entry(policy: Policy, holders: readonly Holder[], { role, user }: Wish, by: UserId) {
  const from = holderOf(holders, role);
  const name = nameOf(policy, role);
  return user
    ? { kind: 'role_assigned' as const, actor: by, text: `${name}: ${user}`, payload: { role, user, from } }
    : { kind: 'role_released' as const, actor: by, text: `${name}: nobody`, payload: { role, user: null, from } };
}

function inPublic(policy: Policy, holders: readonly Holder[], changes: readonly Wish[], asked: Asked): Message {
  const line = joined(changes.map((wish) => publicLine(policy, holders, wish, asked)));
  return asked.handedOver ? message(line, [section(line), ...asked.handedOver]) : message(line);
}

function publicLine(policy: Policy, holders: readonly Holder[], { role, user }: Wish, asked: Asked): Mrkdwn {
  const { by, handedOver } = asked;
  const from = holderOf(holders, role);
  const name = nameOf(policy, role);
  if (user === null) return md`*${name}* is free${from ? md`: ${quietly(from)} had it` : ''} (${quietly(by)})`;
  const hand = user === by ? md`` : md` (asked by ${quietly(by)})`;
  // Who is given a role has something to do; who takes one knows it.
  const who = user === by ? quietly(user) : mention(user);
  if (role === 'ic')
    return md`${who} *has command*${from ? md`, ${handedOver ? 'handed over by' : 'taken over from'} ${quietly(from)}` : ''}${hand}`;
  return md`${who} is *${name}*${from ? md`, after ${quietly(from)}` : ''}${hand}`;
}

const told = (incident: Incident, policy: Policy, changes: readonly Wish[], by: UserId) =>
  receipt(incident, joined(changes.map((wish) => done(incident, policy, wish, by))), (there) =>
    joined(changes.map((wish) => next(incident, policy, wish, by, there))),
  );

function done(incident: Incident, policy: Policy, { role, user }: Wish, by: UserId): Mrkdwn {
  const what = md`${nameOf(policy, role)} of ${ref(incident)}`;
  if (user === null) return md`${what} is free now.`;
  if (user !== by) return md`${mention(user)} is ${what} now.`;
  return role === 'ic' ? md`You have command of ${ref(incident)}.` : md`You are ${what} now.`;
}

function next(incident: Incident, policy: Policy, { role, user }: Wish, by: UserId, there: string): Mrkdwn {
  const patience = formatDuration(severityOf(policy, incident.severity).acknowledgeWithin);
  if (user === null && role === 'ic')
    return md`Sitrep asks for another one in ${patience}; \`/incident ic${there}\` takes it.`;
  if (user === null) return md`\`/incident role ${role} @someone${there}\` gives it again.`;
  if (user !== by)
    return md`The duties go to them by message; \`/incident role ${role} none${there}\` takes the role back.`;
  return role === 'ic'
    ? md`Your duties are in your messages with Sitrep; \`/incident handoff @someone${there}\` passes command on.`
    : md`Your duties are in your messages with Sitrep; \`/incident role ${role} none${there}\` lets go of it.`;
}

function invitation(incident: Incident, changes: readonly Wish[], now: Date): NewJob[] {
  const who = changes.flatMap((wish) => (wish.user ? [wish.user] : []));
  return who.length === 0 ? [] : [{ job: { kind: 'invite', incident: incident.id, who }, runAt: now }];
}

/** The duties for who takes the role; a word to the one who is relieved without having done it. */
function privately(
  incident: Incident,
  holders: readonly Holder[],
  policy: Policy,
  { role, user }: Wish,
  { by, now, unreachable }: Asked,
): NewJob[] {
  const card = roleOf(policy, role);
  const from = holderOf(holders, role);
  const dm = (to: UserId, said: ReturnType<typeof message>): NewJob => ({
    job: { kind: 'dm', user: to, message: said, incident: incident.id },
    runAt: now,
  });
  return [
    ...(user && card ? [dm(user, dutiesOf(incident, card))] : []),
    ...(from && from !== by && !unreachable?.has(from)
      ? [dm(from, relieved(incident, nameOf(policy, role), user, by))]
      : []),
  ];
}

function hats(
  incident: Incident,
  after: readonly Holder[],
  changes: readonly Wish[],
  policy: Policy,
  now: Date,
): NewJob[] {
  const ic = holderOf(after, 'ic');
  const grave = policy.severities.findIndex((severity) => severity.id === incident.severity) < 2;
  const isNew = changes.some((wish) => (wish.role === 'ic' || wish.role === 'ops') && wish.user === ic);
  if (!grave || !isNew || ic === null || holderOf(after, 'ops') !== ic) return [];
  return [{ job: { kind: 'dm', user: ic, message: twoHats(incident), incident: incident.id }, runAt: now }];
}

const ANSWERED_AT_MOST = 24;

/** The open questions for an IC are answered, and their buttons go away; of very many the latest. */
function answered(incident: Incident, changes: readonly Wish[], now: Date): NewJob[] {
  const ic = changes.find((wish) => wish.role === 'ic')?.user;
  if (!ic || incident.acknowledgeAsks === 0) return [];
  const said = message(md`~Nobody had command of ${ref(incident)}.~ ${quietly(ic)} has it now.`);
  const asks = Array.from({ length: incident.acknowledgeAsks }, (_, n) => n + 1).slice(-ANSWERED_AT_MOST);
  return asks.map((ask) => ({
    job: { kind: 'edit', incident: incident.id, as: askedAs(ask), message: said },
    runAt: now,
  }));
}

/** Its timer looks at what this means for an offer of command, and how long the new holding lasts. */
function ofCommand(incident: Incident, holders: readonly Holder[], changes: readonly Wish[], now: Date): NewJob[] {
  const change = changes.find((wish) => wish.role === 'ic');
  if (!change) return [];
  const before = holders.find((holder) => holder.role === 'ic');
  return [
    { job: { kind: 'command', incident: incident.id }, runAt: now },
    ...(before ? [relievedAbsent(incident, before, change.user, now)] : []),
  ];
}

function askAgain(incident: Incident, changes: readonly Wish[], policy: Policy, now: Date): NewJob[] {
  if (!releasesIc(changes)) return [];
  const runAt = new Date(now.getTime() + severityOf(policy, incident.severity).acknowledgeWithin);
  return [{ job: { kind: 'acknowledge', incident: incident.id }, runAt }];
}

/** `ops`, `ops lead`, `commander`: by id, by name, or by the start of either. */
export function findRole(policy: Policy, word: string): RoleCard | null {
  const typed = word.trim().toLowerCase();
  if (typed === '') return null;
  if (['commander', 'lead', 'incident-commander'].includes(typed)) return roleOf(policy, 'ic') ?? null;
  const exact = policy.roles.find((role) => [role.id, role.name].some((name) => name.toLowerCase() === typed));
  return exact ?? policy.roles.find((role) => role.name.toLowerCase().startsWith(typed)) ?? null;
}
