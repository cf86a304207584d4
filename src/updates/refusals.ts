import { type Incident, ref } from '../incidents/incident.ts';
import { type Refusal, worded as wordedOfIncident } from '../incidents/refusals.ts';
import type { Message } from '../jobs/job.ts';
import { formatDuration, type Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { never, no } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md } from '../slack/mrkdwn.ts';

type HasEnded = Extract<Refusal, { why: 'has-ended' }>;

/** Who moved the status last and when, for the one who is late. */
export type Last = { readonly by: UserId | null; readonly at: Date } | null;

export const ended = (incident: Incident, last: Last) =>
  no<HasEnded>({ why: 'has-ended', incident, by: last?.by ?? null, at: last?.at ?? null });

/** Why an update, a cadence or a snooze is refused. */
export type UpdateRefusal =
  | HasEnded
  | { readonly why: 'too-long'; readonly length: number; readonly max: number }
  | { readonly why: 'no-text' }
  | { readonly why: 'not-a-cadence'; readonly typed: string }
  | { readonly why: 'cadence-out-of-range'; readonly asked: Millis; readonly least: Millis; readonly most: Millis }
  | { readonly why: 'off-without-reason' }
  | { readonly why: 'not-a-snooze'; readonly typed: string }
  | { readonly why: 'snooze-too-long'; readonly asked: Millis; readonly most: Millis }
  | { readonly why: 'nothing-to-snooze'; readonly incident: Incident; readonly nextAt: Date | null }
  | { readonly why: 'reminder-done'; readonly incident: Incident; readonly at: Date | null };

export const worded = (refusal: UpdateRefusal): Message =>
  refusal.why === 'has-ended' ? wordedOfIncident(refusal) : message(sentence(refusal));

function sentence(refusal: Exclude<UpdateRefusal, HasEnded>): Mrkdwn {
  switch (refusal.why) {
    case 'too-long':
      return md`The update has ${refusal.length} characters, Slack carries ${refusal.max}. Nothing was posted; shorten it, and put the rest into a thread.`;
    case 'no-text':
      return md`An update needs words, even "still investigating, two leads": \`/incident update <text>\`.`;
    case 'not-a-cadence':
      return md`"${refusal.typed.slice(0, 200)}" is not a cadence. Say how often: \`/incident cadence 30m\`, or \`/incident cadence off <why>\`.`;
    case 'cadence-out-of-range':
      return md`A cadence of ${formatDuration(refusal.asked)} was not set: it can be ${formatDuration(refusal.least)} to ${formatDuration(refusal.most)}. To promise no updates: \`/incident cadence off <why>\`.`;
    case 'off-without-reason':
      return md`Turning updates off needs a reason, for the card and for whoever asks later: \`/incident cadence off waiting for the vendor until Monday\`.`;
    case 'not-a-snooze':
      return md`"${refusal.typed.slice(0, 200)}" is not a length of time. Say how long: \`/incident snooze 10m\`.`;
    case 'snooze-too-long':
      return md`${formatDuration(refusal.asked)} is too long to stay quiet: at most ${formatDuration(refusal.most)} here. If updates come less often now, say \`/incident cadence 2h\` or \`/incident cadence off <why>\`.`;
    case 'nothing-to-snooze':
      return refusal.nextAt
        ? md`Nothing to snooze: the next reminder of ${ref(refusal.incident)} comes ${date(refusal.nextAt)}, later than that.`
        : md`Nothing to snooze: ${ref(refusal.incident)} has no reminder ahead.`;
    case 'reminder-done':
      return refusal.at
        ? md`That reminder is done: the update was posted ${date(refusal.at)}. Nothing was changed.`
        : md`That reminder is done: the promise it was about has been changed since. Nothing was changed.`;
    default:
      return never(refusal);
  }
}
