import { type Incident, isOpen, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { Day } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import type { Standing } from '../people/person.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { SECTIONS, type SectionId, sectionIds } from './sections.ts';
import type { Postmortem } from './work.ts';

/** Why the answer is no, with the facts a person needs to get on. Worded here and nowhere else. */
export type PostmortemRefusal =
  | { readonly why: 'unknown-word'; readonly word: string }
  | { readonly why: 'no-draft'; readonly incident: Incident }
  | { readonly why: 'published'; readonly incident: Incident; readonly postmortem: Postmortem }
  | { readonly why: 'not-published'; readonly incident: Incident; readonly postmortem: Postmortem }
  | { readonly why: 'not-over'; readonly incident: Incident }
  | { readonly why: 'which-section'; readonly typed: string; readonly nearest: SectionId }
  | { readonly why: 'no-words'; readonly section: SectionId }
  | { readonly why: 'too-long-for-a-form'; readonly section: SectionId; readonly length: number }
  | { readonly why: 'same-words'; readonly section: SectionId }
  | { readonly why: 'proposal-over'; readonly section: SectionId }
  | { readonly why: 'owner-missing' }
  | { readonly why: 'same-owner'; readonly user: UserId }
  | { readonly why: 'cannot-own'; readonly user: UserId; readonly standing: Exclude<Standing, 'member'> }
  | { readonly why: 'unknown-person'; readonly user: UserId }
  | { readonly why: 'owner-outside'; readonly incident: Incident; readonly user: UserId }
  | { readonly why: 'not-a-day'; readonly says: string }
  | { readonly why: 'day-is-over'; readonly day: string; readonly hour: number; readonly later: Day }
  | { readonly why: 'not-due-yet'; readonly incident: Incident }
  | { readonly why: 'never-due'; readonly incident: Incident }
  | { readonly why: 'same-due'; readonly incident: Incident; readonly dueAt: Date }
  | { readonly why: 'reviewers-missing' }
  | { readonly why: 'cannot-review'; readonly user: UserId; readonly standing: Exclude<Standing, 'member'> }
  | { readonly why: 'reviewer-outside'; readonly incident: Incident; readonly user: UserId }
  | { readonly why: 'not-asked'; readonly incident: Incident }
  | { readonly why: 'confirmed-already'; readonly incident: Incident; readonly at: Date };

export const wordedPostmortem = (refusal: PostmortemRefusal): Message => message(sentence(refusal));

function sentence(refusal: PostmortemRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'unknown-word':
      return md`\`/incident postmortem\` does not know "${refusal.word.slice(0, 80)}". It can be followed by \`edit <section>\`, \`owner @someone\`, \`due friday\`, \`review @someone\`, \`publish\` or \`draft\`; alone it drafts.`;
    case 'no-draft':
      return md`${ref(refusal.incident)} has no postmortem draft yet. \`/incident postmortem\` in its channel makes one.`;
    case 'published':
      return md`The postmortem of ${ref(refusal.incident)} was published${by(refusal.postmortem)}. Nothing was changed; to correct it take it back first: \`/incident postmortem draft\`.`;
    case 'not-published':
      return md`The postmortem of ${ref(refusal.incident)} is a draft as it is; nobody was asked to review it and it is not published.`;
    case 'not-over':
      return isOpen(refusal.incident)
        ? md`${ref(refusal.incident)} is ${refusal.incident.status}: its postmortem is published when it is over. \`/incident resolve\` comes first.`
        : md`${ref(refusal.incident)} was a false alarm and owes no postmortem. If it was none: \`/incident reopen <why>\`.`;
    case 'which-section':
      return md`"${refusal.typed.slice(0, 80)}" is not a section. There are ${sectionIds.join(', ')}: \`/incident postmortem edit ${refusal.nearest}\`.`;
    case 'no-words':
      return md`"${SECTIONS[refusal.section]}" would be empty. If there is nothing to say, say so in a word; nothing was saved.`;
    case 'too-long-for-a-form':
      return md`"${SECTIONS[refusal.section]}" has ${refusal.length} characters, more than a form holds. Give it a shorter wording: \`/incident postmortem edit ${refusal.section} <text>\`.`;
    case 'same-words':
      return md`"${SECTIONS[refusal.section]}" says just that already; nothing was saved.`;
    case 'proposal-over':
      return md`This proposal for "${SECTIONS[refusal.section]}" was answered, or there is a newer one. Nothing was changed.`;
    case 'owner-missing':
      return md`Name one person who sees to the postmortem: \`/incident postmortem owner @casey\`.`;
    case 'same-owner':
      return md`${mention(refusal.user)} owns this postmortem already. Nothing was changed.`;
    case 'cannot-own':
      return md`${mention(refusal.user)} ${STANDS[refusal.standing]} and cannot own a postmortem. Nothing was changed; name a member of this workspace.`;
    case 'unknown-person':
      return md`Slack knows nobody in this workspace as ${mention(refusal.user)}, so the postmortem stays with those it has. Nothing was changed; mention someone who is here.`;
    case 'owner-outside':
      return md`${mention(refusal.user)} is not in the channel of ${ref(refusal.incident)}, which is private, and cannot own its postmortem. \`/invite\` them there first.`;
    case 'not-a-day':
      return md`${refusal.says} The postmortem is due as before.`;
    case 'day-is-over':
      return md`${refusal.day} ends at ${refusal.hour}:00 for a postmortem, and that is past. Write it like \`tomorrow\` or \`${refusal.later}\`.`;
    case 'not-due-yet':
      return isOpen(refusal.incident)
        ? md`${ref(refusal.incident)} is ${refusal.incident.status}: its postmortem gets a due date when it is resolved, and another one from then on.`
        : md`${ref(refusal.incident)} was a false alarm, so its postmortem is due on no day. If it was none: \`/incident reopen <why>\`.`;
    case 'never-due':
      return md`${ref(refusal.incident)} is ${refusal.incident.severity}, of which no postmortem is asked: none was given a due date. \`/incident severity\` comes first.`;
    case 'same-due':
      return md`The postmortem of ${ref(refusal.incident)} is due ${date(refusal.dueAt)} already. Nothing was changed.`;
    case 'reviewers-missing':
      return md`Name those who were there: \`/incident postmortem review @casey @erin\`.`;
    case 'cannot-review':
      return md`${mention(refusal.user)} ${STANDS[refusal.standing]} and cannot be asked to review. Nobody was asked; leave them out.`;
    case 'reviewer-outside':
      return md`${mention(refusal.user)} is not in the channel of ${ref(refusal.incident)}, which is private. Nobody was asked to review; \`/invite\` them there first.`;
    case 'not-asked':
      return md`You were not asked to review the postmortem of ${ref(refusal.incident)}. Say what you know in its channel, or \`/incident postmortem edit summary\` there.`;
    case 'confirmed-already':
      return md`You confirmed the postmortem of ${ref(refusal.incident)} ${date(refusal.at)} already. You may still add your perspective.`;
    default:
      return never(refusal);
  }
}

const STANDS: Record<Exclude<Standing, 'member'>, string> = {
  guest: 'is a guest',
  stranger: 'is of another organisation',
  bot: 'is a bot',
  deactivated: 'has a deactivated account',
};

const by = ({ publishedBy, publishedAt }: Postmortem): Mrkdwn =>
  md`${publishedBy ? md` by ${mention(publishedBy)}` : ''}${publishedAt ? md` ${date(publishedAt)}` : ''}`;
