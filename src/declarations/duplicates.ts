import { ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { actions, type Block, button, message, section } from '../slack/blocks.ts';
import { channelLink, date, joined, md } from '../slack/mrkdwn.ts';
import type { Alike } from './alike.ts';

/** What asks whether it is the same incident, before there are two of it. */

/** The private answer to `declare` typed while something alike is open; `anyway` says the same words again. */
export function askedFirst(found: readonly Alike[], anyway: Block): Message {
  const ours = joined(
    found.map((one) => md`${ref(one)}`),
    ', ',
  );
  return message(md`Nothing is declared yet: ${ours} may be the same incident. Join it, or declare anyway.`, [
    section(
      md`*Nothing is declared yet.* ${found.length > 1 ? 'One of these, open already,' : 'This one, open already,'} may be the same incident:`,
    ),
    ...found.map(joining),
    actions('anyway', [anyway]),
  ]);
}

/** The same above the form, whose button then declares. */
export const askedInForm = (found: readonly Alike[]): Block[] => [
  section(md`*Nothing is declared yet.* Is it one of these? If not, press *Declare anyway*.`),
  ...found.map(joining),
];

const joining = (incident: Alike): Block => {
  const channel = incident.channelId ? md` · ${channelLink(incident.channelId)}` : md``;
  return section(
    md`*${ref(incident)}* ${incident.severity} ${incident.title.slice(0, 200)}\n${incident.status}, declared ${date(incident.declaredAt)}${channel}`,
    button(`Join ${ref(incident)}`, 'join-incident', String(incident.id), 'primary'),
  );
};
