import type { JobOf, NewJob } from '../jobs/job.ts';
import type { Policy } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { channelLink, md } from '../slack/mrkdwn.ts';
import { checklist } from './checklist.ts';
import { invitees } from './declare.ts';
import { type Holder, type Incident, isPrivate, ref } from './incident.ts';
import { post } from './redraw.ts';

/** What follows when the channel stands, in the order a person needs it: in, card, checklist, the rest. */
export function afterOpening(
  incident: Incident,
  holders: readonly Holder[],
  job: JobOf<'open-channel'>,
  policy: Policy,
  now: Date,
): NewJob[] {
  const id = incident.id;
  const jobs: JobOf<
    'invite' | 'post-card' | 'bookmark' | 'post-announcement' | 'draw-topic' | 'backfill' | 'answer' | 'show-declared'
  >[] = [
    { kind: 'invite', incident: id, who: invitees(incident, holders, policy) },
    { kind: 'post-card', incident: id },
  ];
  const later: typeof jobs = [
    ...(policy.bridge ? [{ kind: 'bookmark' as const, incident: id, title: 'Call', link: policy.bridge }] : []),
    ...(isPrivate(incident) ? [] : [{ kind: 'post-announcement' as const, incident: id }]),
    { kind: 'draw-topic', incident: id },
    { kind: 'backfill', incident: id },
  ];
  const told: typeof jobs = [
    ...(job.responseUrl && incident.channelId
      ? [
          {
            kind: 'answer' as const,
            responseUrl: job.responseUrl,
            message: message(md`${ref(incident)}: its channel is ${channelLink(incident.channelId)}`),
          },
        ]
      : []),
    ...(job.view ? [{ kind: 'show-declared' as const, incident: id, view: job.view }] : []),
  ];
  return [
    ...jobs.map((one) => ({ job: one, runAt: now })),
    post(id, 'card-thread', checklist(incident), now),
    ...[...later, ...told].map((one) => ({ job: one, runAt: now })),
  ];
}
