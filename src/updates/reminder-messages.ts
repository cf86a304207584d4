import { type Holder, holderOf, type Incident, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { formatDuration, SECOND } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { channelLink, date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import type { Rung, Verdict } from './cadence.ts';

/** What the rungs say. Whatever leaves the incident's channel does so without the title. */

/** The rungs that post in the incident's channel, in order; a later update edits them to "done". */
const IN_CHANNEL = ['due', 'half', 'full', 'daily', 'off'] as const satisfies readonly Rung[];
export type ChannelRung = (typeof IN_CHANNEL)[number];

/** The rungs that come again and again. */
const REPEATED: readonly Rung[] = ['daily', 'off'];

/** The name under which a rung's post is edited later; `firedAt` tells those apart that come again. */
export function reminderPost(
  incident: Pick<Incident, 'promiseDueAt'>,
  rung: ChannelRung,
  firedAt: Date | null,
): string {
  const name = `reminder:${incident.promiseDueAt?.getTime() ?? 'off'}:${rung}`;
  return REPEATED.includes(rung) && firedAt ? `${name}:${firedAt.getTime()}` : name;
}

export const postReminder = (incident: Incident, rung: ChannelRung, said: Message, now: Date): NewJob =>
  post(incident.id, 'channel', said, now, reminderPost(incident, rung, now));

/** What the announcement channel is told when nobody is there to escalate to. */
export const outsidePost = (incident: Pick<Incident, 'promiseDueAt'>): string =>
  `${reminderPost(incident, 'full', null)}:outside`;

/** The question before this one, when it is asked again. */
export function askedAgain(incident: Incident, rung: Rung, now: Date): NewJob[] {
  if (incident.promiseRung !== rung || (rung !== 'daily' && rung !== 'off')) return [];
  const said = md`:hourglass: _Asked again below._`;
  return [edit(incident, reminderPost(incident, rung, incident.promiseRungAt), message(said, [section(said)]), now)];
}

const edit = (incident: Incident, as: string, said: Message, now: Date): NewJob => ({
  job: { kind: 'edit', incident: incident.id, as, message: said },
  runAt: now,
});

/** Privately, before anything is late. */
export function nudge(incident: Incident, now: Date): Message {
  const due = dueOf(incident);
  const left = formatDuration(Math.max(0, due.getTime() - now.getTime()));
  const where = incident.channelId ? md` in ${channelLink(incident.channelId)}` : md``;
  return withButtons(
    incident,
    md`*${ref(incident)}*: the next update${where} is due ${date(due)}, in ${left}. "Still investigating, two leads" is an update too.`,
    [postUpdate(incident)],
  );
}

export const dueReminder = (incident: Incident, now: Date): Message =>
  withButtons(
    incident,
    md`:alarm_clock: *An update of ${ref(incident)} ${was(incident, now)}.* Nothing new is worth saying too.`,
    [postUpdate(incident), button('Snooze 10 min', 'snooze', snoozeValue(incident))],
  );

/** The same post while it is snoozed; only a fresh one offers to snooze. */
export const snoozedReminder = (incident: Incident, until: Date): Message =>
  withButtons(
    incident,
    md`:zzz: Reminders of ${ref(incident)} are quiet until ${date(until)}; the promised update is still owed.`,
    [postUpdate(incident)],
  );

export function halfReminder(incident: Incident, holders: readonly Holder[], now: Date): Message {
  const wanted = keepers(incident, holders);
  return withButtons(
    incident,
    md`:warning: ${joined(wanted.map(mention), ' ')} *the update of ${ref(incident)} ${was(incident, now)}.* People are waiting for word; one line will do.`,
    [postUpdate(incident)],
  );
}

/** IC and comms lead, else whoever declared. */
function keepers(incident: Incident, holders: readonly Holder[]): UserId[] {
  const held = [holderOf(holders, 'ic'), holderOf(holders, 'comms')].filter((user) => user !== null);
  return held.length > 0 ? [...new Set(held)] : [incident.declaredBy];
}

/** Who keeps the promise: comms lead, else IC, else whoever declared. */
export const keeperOf = (incident: Incident, holders: readonly Holder[]): UserId =>
  holderOf(holders, 'comms') ?? holderOf(holders, 'ic') ?? incident.declaredBy;

export const dailyReminder = (incident: Incident, now: Date): Message =>
  withButtons(
    incident,
    md`:hourglass: *Still going?* The update of ${ref(incident)} ${was(incident, now, true)}. Post one, or resolve it if it is over.`,
    [postUpdate(incident), resolve(incident)],
  );

export function offReminder(incident: Incident, now: Date): Message {
  const since = incident.promiseMadeAt ?? now;
  return withButtons(
    incident,
    md`:no_bell: *Still no updates?* Those of ${ref(incident)} are off since ${date(since)} (${formatDuration(now.getTime() - since.getTime())}): ${incident.cadenceOffReason ?? 'no reason given'}. \`/incident cadence 30m\` turns them on.`,
    [postUpdate(incident), resolve(incident)],
  );
}

export const escalationReminder = (
  incident: Incident,
  said: Mrkdwn,
  more: Parameters<typeof actions>[1] = [],
): Message => withButtons(incident, said, [postUpdate(incident), ...more]);

/** Why a reminder is no longer open; the verdict on the promise when an update was posted. */
export type Done = Verdict | 'promise changed' | 'off' | 'ended';

/** Every post of this promise's ladder is edited, the last one to all that is to be said; a rung that was passed over left no post, and its edit finds nothing to do. */
export function doneReminders(incident: Incident, how: Done, now: Date): NewJob[] {
  const reached = (IN_CHANNEL as readonly (string | null)[]).indexOf(incident.promiseRung);
  const last = IN_CHANNEL[reached];
  if (last === undefined) return [];
  const said = (words: Mrkdwn) => message(words, [section(words)]);
  const whole = said(md`:white_check_mark: ${doneSaid(incident, how, now)}`);
  const brief = said(md`:white_check_mark: _The update of ${ref(incident)} was asked for here._`);
  const before = last === 'off' ? [] : IN_CHANNEL.slice(0, reached);
  const outside = last === 'full' || last === 'daily' ? [edit(incident, outsidePost(incident), whole, now)] : [];
  return [
    ...before.map((rung) => edit(incident, reminderPost(incident, rung, incident.promiseRungAt), brief, now)),
    edit(incident, reminderPost(incident, last, incident.promiseRungAt), whole, now),
    ...outside,
  ];
}

function doneSaid(incident: Incident, how: Done, now: Date): Mrkdwn {
  const { promiseDueAt: due } = incident;
  if (how === 'ended') return md`${ref(incident)} has ended: no more updates are owed.`;
  if (how === 'off') return md`Updates of ${ref(incident)} are off now: none is owed.`;
  if (how === 'promise changed') return md`Another time was promised for the next update of ${ref(incident)}.`;
  if (due === null) return md`Done: an update of ${ref(incident)} was posted ${date(now)}.`;
  return md`Done: the update of ${ref(incident)} promised for ${date(due)} ${came(how)}.`;
}

/** `came in time`, `came 2 min late`, and from a whole cadence on `was missed: it came 16 min late`. */
export function came({ lateByMs, missed }: Verdict): string {
  if (!lateByMs) return 'came in time';
  return missed ? `was missed: it came ${formatDuration(lateByMs)} late` : `came ${formatDuration(lateByMs)} late`;
}

/** "is due now", or how late it is by now: after an outage a rung may come long after its time. */
const was = (incident: Incident, now: Date, isMissed = false): Mrkdwn =>
  isLate(incident, now)
    ? md`${lateness(incident, now, isMissed)}, it was promised for ${date(dueOf(incident))}`
    : md`is due now`;

const isLate = (incident: Incident, now: Date): boolean => now.getTime() - dueOf(incident).getTime() >= SECOND;

/** "is due", "is 8 min late", and from a whole cadence on "was missed: 16 min late". */
export function lateness(incident: Incident, now: Date, isMissed = false): string {
  if (!isLate(incident, now)) return 'is due';
  const late = formatDuration(now.getTime() - dueOf(incident).getTime());
  return isMissed ? `was missed: ${late} late` : `is ${late} late`;
}

/** Only for rungs of a promise. */
export const dueOf = ({ promiseDueAt, promiseMadeAt, declaredAt }: Incident): Date =>
  promiseDueAt ?? promiseMadeAt ?? declaredAt;

/** The promise stands in it, so that a click on the reminder of an older one changes nothing. */
export const snoozeValue = (incident: Incident): string => `${incident.id}:${dueOf(incident).getTime()}`;

const postUpdate = (incident: Incident) => button('Post update', 'post-update', String(incident.id), 'primary');
const resolve = (incident: Incident) => button('Resolve', 'resolve', String(incident.id));

const withButtons = (incident: Incident, said: Mrkdwn, buttons: Parameters<typeof actions>[1]): Message =>
  message(said, [section(said), actions(`reminder:${incident.id}`, buttons)]);
