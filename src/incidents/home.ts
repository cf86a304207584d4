import type { IncidentId } from '../lib/ids.ts';
import type { Policy } from '../policy.ts';
import { type Block, section } from '../slack/blocks.ts';
import { joined, md } from '../slack/mrkdwn.ts';
import { type Incident, ref } from './incident.ts';
import { list } from './overview.ts';

/** The Home tab: what this person holds, then what is open, worst first, then Declare. */
export function home(
  open: readonly Incident[],
  held: readonly { incidentId: IncidentId; role: string }[],
  policy: Pick<Policy, 'severities' | 'roles'>,
  now: Date,
): Block[] {
  const names = new Map(policy.roles.map((role) => [role.id, role.name]));
  const mine = held.flatMap(({ incidentId, role }) => {
    const incident = open.find((one) => one.id === incidentId);
    return incident ? [md`• ${names.get(role) ?? role} of *${ref(incident)}* ${incident.title.slice(0, 150)}`] : [];
  });
  return [
    section(mine.length > 0 ? md`*You are*\n${joined(mine.slice(0, 15))}` : md`You hold no role right now.`),
    ...(list(open, policy, now).blocks ?? []),
  ];
}
