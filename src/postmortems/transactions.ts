import { transact } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import { lockIncident } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { Message } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { ok } from '../lib/result.ts';
import { plural } from '../lib/text.ts';
import { message } from '../slack/blocks.ts';
import { channelLink, md } from '../slack/mrkdwn.ts';
import { appendEntries } from '../timeline/store.ts';
import { countEntries, saveDraft } from './store.ts';

export interface Drafted {
  readonly markdown: string;
  readonly messages: readonly Message[];
  readonly dueAt: Date | null;
  readonly draftedAt: Date;
  readonly askedBy: UserId | null;
}

/**
 * The draft with everything that follows from it: its row, its place in the timeline, its messages and its file. The
 * entry's identity carries the job's marker, so that a job which runs twice drafts once. Null when it had.
 */
export function recordDraft(
  { db }: Pick<Deps, 'db'>,
  incidentId: IncidentId,
  marker: string,
  { markdown, messages, dueAt, draftedAt, askedBy }: Drafted,
): Promise<number | null> {
  return transact(db, async (trx) => {
    if (!(await lockIncident(trx, incidentId))) return null;
    const entry = {
      identity: `postmortem:${marker}`,
      kind: 'postmortem',
      occurredAt: draftedAt,
      actor: askedBy,
      source: 'sitrep',
      text: 'postmortem drafted',
      payload: { status: 'draft' },
    } as const;
    if ((await appendEntries(trx, incidentId, [entry], draftedAt)) === 0) return null;
    const { revision } = await saveDraft(trx, { incidentId, markdown, draftedAt, dueAt });
    await enqueue(trx, [
      ...messages.map((one) => post(incidentId, 'channel', one, draftedAt)),
      { job: { kind: 'upload-draft', incident: incidentId, revision }, runAt: draftedAt },
    ]);
    return revision;
  });
}

/** `/incident postmortem`: any time, from what the record holds when the draft is made. */
export async function askForDraft(
  deps: Pick<Deps, 'db' | 'now'>,
  incidentId: IncidentId,
  intent: Intent & { readonly by: UserId },
  askedIn: ChannelId,
): Promise<Changed> {
  const asked = await changeIncident<never>(deps, incidentId, intent, async (incident, trx, now) => {
    const entries = await countEntries(trx, incidentId);
    const job = { kind: 'draft', incident: incidentId, askedBy: intent.by } as const;
    return ok({ jobs: [{ job, runAt: now }], answer: drafting(incident, entries, askedIn) });
  });
  if (!asked.ok) throw new Error('asking for a draft is never refused');
  return asked.value;
}

function drafting(incident: Incident, entries: number, askedIn: ChannelId): Message {
  const channel = incident.channelId;
  const elsewhere = channel ? md`posted in ${channelLink(channel)}` : md`sent to whoever declared it`;
  const where = channel === askedIn ? md`posted here` : elsewhere;
  return message(
    md`Drafting ${ref(incident)}'s postmortem from ${plural(entries, 'entry', 'entries')}; it will be ${where}.`,
  );
}
