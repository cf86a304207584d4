import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';

/** Why a channel is neither archived nor kept by this click. */
export type ArchiveRefusal =
  | { readonly why: 'is-open'; readonly incident: Incident }
  | { readonly why: 'channel-closed'; readonly incident: Incident }
  | { readonly why: 'no-offer'; readonly incident: Incident }
  | { readonly why: 'answered'; readonly answer: 'archive' | 'keep'; readonly by: UserId; readonly at: Date };

export const wordedArchive = (refusal: ArchiveRefusal): Message => message(sentence(refusal));

function sentence(refusal: ArchiveRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'is-open':
      return md`${ref(refusal.incident)} is ${refusal.incident.status}: the channel of an open incident is not archived. Resolve it first with \`/incident resolve <what fixed it>\`.`;
    case 'channel-closed':
      return md`The channel of ${ref(refusal.incident)} is closed to Sitrep already. Nothing was changed.`;
    case 'no-offer':
      return md`That question is over: ${ref(refusal.incident)} was reopened since. Archive its channel by hand, or wait for the next question.`;
    case 'answered':
      return md`${mention(refusal.by)} ${refusal.answer === 'keep' ? 'kept' : 'archived'} this channel ${date(refusal.at)}. Nothing was changed.`;
    default:
      return never(refusal);
  }
}
