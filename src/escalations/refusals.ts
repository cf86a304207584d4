import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';

/** Why nobody needs to be on it. */
export type EscalationRefusal =
  | { readonly why: 'has-ended'; readonly incident: Incident }
  | { readonly why: 'no-such-escalation'; readonly incident: Incident }
  | { readonly why: 'answered-already'; readonly by: UserId; readonly at: Date; readonly isYou: boolean };

export const wordedEscalation = (refusal: EscalationRefusal): Message => message(sentence(refusal));

function sentence(refusal: EscalationRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'has-ended':
      return md`${ref(refusal.incident)} is ${refusal.incident.status}: nobody needs to be on it any more. If it is back, say \`/incident reopen <why> in ${ref(refusal.incident)}\`.`;
    case 'no-such-escalation':
      return md`This call for ${ref(refusal.incident)} is not on record. Say in its channel that you are on it, or take command with \`/incident ic in ${ref(refusal.incident)}\`.`;
    case 'answered-already':
      return refusal.isYou
        ? md`You are on it since ${date(refusal.at)}. Nothing was changed.`
        : md`${mention(refusal.by)} is on it since ${date(refusal.at)}. Nothing was changed; if you help as well, say so in the channel.`;
    default:
      return never(refusal);
  }
}
