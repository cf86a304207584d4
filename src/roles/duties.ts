import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import type { RoleCard } from '../policy.ts';
import { message, section } from '../slack/blocks.ts';
import { channelLink, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';

/** What is said in private about roles. A private incident's title stays in its channel. */

export const dutiesOf = (incident: Incident, role: RoleCard): Message =>
  message(md`You are ${role.name} of ${ref(incident)}`, [
    section(md`You are *${role.name}* of *${ref(incident)}* ${place(incident)}\n${role.description}`),
    ...(role.duties.length > 0 ? [section(joined(role.duties.map((duty) => md`• ${duty}`)))] : []),
  ]);

export const relieved = (incident: Incident, role: string, by: UserId | null, asked: UserId): Message =>
  message(
    by
      ? md`${mention(by)} is ${role} of ${ref(incident)} now ${place(incident)}; you are relieved${by === asked ? '' : md` (asked by ${mention(asked)})`}. Tell them what you know that is not in the channel.`
      : md`You are no longer ${role} of ${ref(incident)} ${place(incident)} (${mention(asked)}).`,
  );

export const twoHats = (incident: Incident): Message =>
  message(
    md`You are both IC and ops lead of ${ref(incident)} (${incident.severity}) ${place(incident)}. The moment the IC reads logs, nobody runs the incident: give one hat away with \`/incident role ops @someone\`. In a small team keep both, knowingly.`,
  );

const place = (incident: Incident): Mrkdwn =>
  incident.channelId ? channelLink(incident.channelId) : md`(its channel is opening)`;
