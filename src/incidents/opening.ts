import type { JobOf, NewJob } from '../jobs/job.ts';
import { type Policy, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { channelLink, date, joined, md } from '../slack/mrkdwn.ts';
import { checklist } from './checklist.ts';
import { invitees } from './declare.ts';
import { type Holder, type Incident, isPrivate, ref, wasOver } from './incident.ts';
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
    ...(wasOver(incident) ? toldLate(incident, policy, now) : [post(id, 'card-thread', checklist(incident), now)]),
    ...[...later, ...told].map((one) => ({ job: one, runAt: now })),
  ];
}

/** Nobody has to hurry: instead of the checklist, what is wanted of those who know of it, and the draft. */
function toldLate(incident: Incident, policy: Policy, now: Date): NewJob[] {
  const { id, impactStartedAt: from, resolvedAt: to } = incident;
  const span = [from ? md` from ${date(from)}` : md``, to ? md` until ${date(to)}` : md``];
  const drafts = severityOf(policy, incident.severity).postmortem !== 'none';
  const draft = drafts ? md` The postmortem draft follows; \`/incident postmortem\` makes it anew.` : md``;
  const said = md`*${ref(incident)} was over when it was declared*${joined(span, '')}. Nobody was called, and no updates are promised. Whoever knows of it: write it down here, \`/incident note <text>\`.${draft}`;
  return [
    post(id, 'channel', message(said), now),
    ...(drafts ? [{ job: { kind: 'draft' as const, incident: id }, runAt: now }] : []),
  ];
}
