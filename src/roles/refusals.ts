import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';

export type RoleRefusal =
  | { readonly why: 'has-ended'; readonly incident: Incident }
  | {
      readonly why: 'held';
      readonly incident: Incident;
      readonly role: string;
      readonly by: UserId;
      readonly since: Date;
    }
  | { readonly why: 'you-hold-it'; readonly incident: Incident; readonly role: string }
  | { readonly why: 'nobody-holds-it'; readonly incident: Incident; readonly role: string }
  | { readonly why: 'no-such-role'; readonly word: string; readonly known: readonly string[] }
  | { readonly why: 'may-not-command'; readonly user: UserId }
  | { readonly why: 'unknown-person'; readonly user: UserId }
  | { readonly why: 'nobody-named'; readonly word: string; readonly role: string };

export const wordedRole = (refusal: RoleRefusal): Message => message(sentence(refusal));

function sentence(refusal: RoleRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'has-ended':
      return md`${ref(refusal.incident)} is ${refusal.incident.status}; roles change hands only while it is open. If it is back: \`/incident reopen <why>\`.`;
    case 'held':
      return md`${mention(refusal.by)} is ${refusal.role} of ${ref(refusal.incident)} since ${date(refusal.since)}. Nothing was changed; to take over, say \`/incident role <role> @you\` or \`/incident ic\`.`;
    case 'you-hold-it':
      return md`You are ${refusal.role} of ${ref(refusal.incident)} already.`;
    case 'nobody-holds-it':
      return md`Nobody is ${refusal.role} of ${ref(refusal.incident)}, so there is nothing to release.`;
    case 'no-such-role':
      return md`"${refusal.word}" is not a role here. It can be ${refusal.known.join(', ')}: \`/incident role comms @casey\`.`;
    case 'may-not-command':
      return md`${mention(refusal.user)} is a guest, a bot, from another organisation or deactivated, and cannot hold a role. Nothing was changed; name a member of this workspace.`;
    case 'unknown-person':
      return md`Slack knows nobody in this workspace as ${mention(refusal.user)}, so they were given no role. Nothing was changed; mention someone who is here.`;
    case 'nobody-named':
      return md`"${refusal.word}" names nobody. Mention the person with @: \`/incident role ${refusal.role} @casey\`, or release it: \`/incident role ${refusal.role} none\`.`;
    default:
      return never(refusal);
  }
}
