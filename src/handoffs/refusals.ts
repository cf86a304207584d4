import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import type { Standing } from '../people/person.ts';
import { message } from '../slack/blocks.ts';
import { date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import type { Offer } from './offer.ts';

/** Who changed what an offer hung on, and when. */
export type Last = { readonly by: UserId | null; readonly at: Date } | null;

/** Why command is not offered, or an answer to an offer changes nothing. */
export type HandoffRefusal =
  | { readonly why: 'nobody-named'; readonly word: string }
  | { readonly why: 'several-named'; readonly people: readonly UserId[] }
  | { readonly why: 'yourself'; readonly incident: Incident }
  | { readonly why: 'cannot-command'; readonly user: UserId; readonly standing: Exclude<Standing, 'member'> }
  | { readonly why: 'unknown-person'; readonly user: UserId }
  | { readonly why: 'no-ic'; readonly incident: Incident }
  | { readonly why: 'not-ic'; readonly incident: Incident; readonly ic: UserId; readonly since: Date }
  | { readonly why: 'not-inside'; readonly incident: Incident; readonly user: UserId }
  | { readonly why: 'has-ended'; readonly incident: Incident; readonly last: Last }
  | { readonly why: 'offered-already'; readonly offer: Offer }
  | { readonly why: 'no-such-offer'; readonly incident: Incident }
  | { readonly why: 'not-yours'; readonly offer: Offer }
  | { readonly why: 'answered'; readonly offer: Offer; readonly incident: Incident }
  | { readonly why: 'replaced'; readonly offer: Offer; readonly incident: Incident }
  | { readonly why: 'overtaken'; readonly incident: Incident; readonly ic: UserId | null; readonly last: Last }
  | { readonly why: 'edited-meanwhile'; readonly offer: Offer };

export const wordedHandoff = (refusal: HandoffRefusal): Message => message(sentence(refusal));

function sentence(refusal: HandoffRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'nobody-named':
      return refusal.word === ''
        ? md`\`/incident handoff\` needs the person who is to take command. For example: \`/incident handoff @casey\`.`
        : md`"${refusal.word.slice(0, 80)}" is nobody to hand over to. Mention the person with @: \`/incident handoff @casey\`.`;
    case 'several-named':
      return md`Command goes to one person, and this names ${joined(refusal.people.map(mention), ' and ')}. Nothing was offered; name one.`;
    case 'yourself':
      return md`You cannot hand ${ref(refusal.incident)} over to yourself: you have command and keep it until someone else accepts. \`/incident role ic none\` lets go of it.`;
    case 'cannot-command':
      return cannot(refusal.user, refusal.standing);
    case 'unknown-person':
      return md`Slack knows nobody in this workspace as ${mention(refusal.user)}, so nobody would answer. Nothing was offered; mention someone who is here.`;
    case 'no-ic':
      return md`Nobody has command of ${ref(refusal.incident)}, so there is nothing to hand over. Take it or give it: \`/incident ic @someone\`.`;
    case 'not-ic':
      return md`${mention(refusal.ic)} has command of ${ref(refusal.incident)} since ${date(refusal.since)}, and only they can hand it over. Ask them, or take over with \`/incident ic\`.`;
    case 'not-inside':
      return md`${mention(refusal.user)} is not in the channel of ${ref(refusal.incident)}, which is private. Nothing was offered; \`/invite\` them there first, then hand over.`;
    case 'has-ended':
      return md`${ref(refusal.incident)} is ${refusal.incident.status}${by(refusal.last)}; there is no command to hand over any more. If it is back: \`/incident reopen <why>\`.`;
    case 'offered-already':
      return md`Command is offered to ${mention(refusal.offer.toUser)} already, since ${date(refusal.offer.offeredAt)}. Ask them, or offer it to someone else, which takes this offer back.`;
    case 'no-such-offer':
      return md`This offer of command of ${ref(refusal.incident)} does not exist. \`/incident roles\` says who has command.`;
    case 'not-yours':
      return md`This offer is between ${mention(refusal.offer.fromUser)} and ${mention(refusal.offer.toUser)}. Nothing was changed; \`/incident ic\` takes command.`;
    case 'answered':
      return md`${mention(refusal.offer.toUser)} ${refusal.offer.outcome === 'declined' ? 'declined' : 'accepted'} this offer of ${ref(refusal.incident)} already${at(refusal.offer.endedAt)}. Nothing was changed.`;
    case 'replaced':
      return md`${mention(refusal.offer.fromUser)} offered command of ${ref(refusal.incident)} to someone else${at(refusal.offer.endedAt)}, so this offer is over. Nothing was changed.`;
    case 'overtaken':
      return refusal.ic === null
        ? md`Command of ${ref(refusal.incident)} was let go${by(refusal.last)}, so this offer is over. It is free: \`/incident ic\`.`
        : md`Command of ${ref(refusal.incident)} changed hands${by(refusal.last)}: ${mention(refusal.ic)} has it, and this offer is over. Nothing was changed.`;
    case 'edited-meanwhile':
      return md`${refusal.offer.editedBy ? mention(refusal.offer.editedBy) : 'Someone'} changed the brief${at(refusal.offer.editedAt)} while this form was open. Nothing was overwritten: copy your words, close it and press Edit brief again.`;
    default:
      return never(refusal);
  }
}

function cannot(user: UserId, standing: Exclude<Standing, 'member'>): Mrkdwn {
  const who = mention(user);
  switch (standing) {
    case 'bot':
      return md`${who} is a bot, and a bot cannot take command. Nothing was offered; hand over to a person.`;
    case 'guest':
      return md`${who} is a guest of this workspace and may not command. Nothing was offered; hand over to a member.`;
    case 'stranger':
      return md`${who} is of another organisation and may not command here. Nothing was offered; hand over to someone of this workspace.`;
    case 'deactivated':
      return md`The account of ${who} is deactivated, so nobody would answer. Nothing was offered; hand over to someone who is here.`;
    default:
      return never(standing);
  }
}

const at = (when: Date | null): Mrkdwn => (when ? md` ${date(when)}` : md``);
const by = (last: Last): Mrkdwn =>
  last ? joined([...(last.by ? [md` by ${mention(last.by)}`] : []), at(last.at)], '') : md``;
