import type { Status } from '../db/tables.ts';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { actions, message, section } from '../slack/blocks.ts';
import { cardOf, type Verb } from '../slack/command.ts';
import type { Call } from '../slack/listeners.ts';
import { meaningButton } from '../slack/meaning.ts';
import { channelLink, date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { shown } from './contact.ts';
import { type Incident, isOpen, ref } from './incident.ts';

/** What is open to who asks; null when that is not told because nobody knows who asks. */
type Listed = readonly Incident[] | null;

/** Why the answer is no, with the facts a person needs to get on. Worded here and nowhere else. */
export type Refusal =
  | { readonly why: 'not-an-incident-channel'; readonly verb: Verb; readonly open: Listed }
  /** Typed in the channel of one incident, naming another at its end; `there` is null when the asker sees none. */
  | {
      readonly why: 'which-incident';
      readonly call: Pick<Call, 'intent' | 'words'>;
      readonly here: Incident;
      readonly named: string;
      readonly there: Incident | null;
    }
  | { readonly why: 'no-such-incident'; readonly ref: string; readonly open: Listed }
  | {
      readonly why: 'already';
      readonly incident: Incident;
      readonly status: Status;
      readonly by: UserId | null;
      readonly at: Date | null;
    }
  | { readonly why: 'has-ended'; readonly incident: Incident; readonly by: UserId | null; readonly at: Date | null }
  /** A form was sent that was opened on another state of it. */
  | {
      readonly why: 'changed-meanwhile';
      readonly incident: Incident;
      readonly what: 'status' | 'severity';
      readonly by: UserId | null;
      readonly at: Date | null;
    }
  | { readonly why: 'still-open'; readonly incident: Incident; readonly by: UserId | null; readonly at: Date | null }
  | { readonly why: 'same-severity'; readonly incident: Incident; readonly by: UserId | null; readonly at: Date | null }
  | { readonly why: 'unknown-severity'; readonly word: string; readonly known: readonly string[] }
  /** Of what was to be declared: a code without a severity, a time that is none, an end before the start. */
  | { readonly why: 'unknown-code'; readonly word: string; readonly known: readonly string[] }
  | { readonly why: 'not-declared-then'; readonly sentence: string }
  | { readonly why: 'over-before-start'; readonly from: Date; readonly to: Date }
  | {
      readonly why: 'unknown-status';
      readonly word: string;
      readonly known: readonly string[];
      readonly nearest: string | null;
    }
  | { readonly why: 'words-missing'; readonly verb: Verb; readonly what: string }
  | { readonly why: 'not-a-link'; readonly word: string }
  | { readonly why: 'link-too-long'; readonly length: number; readonly max: number }
  | { readonly why: 'nobody-to-escalate-to'; readonly severity: string }
  | { readonly why: 'nobody-to-call'; readonly names: readonly string[] }
  | {
      readonly why: 'escalated-already';
      readonly to: readonly string[];
      readonly by: UserId | null;
      readonly at: Date | null;
    };

export const worded = (refusal: Refusal): Message =>
  refusal.why === 'which-incident' ? question(refusal) : message(sentence(refusal));

function question(asked: Refusal & { why: 'which-incident' }): Message {
  const { call, there } = asked;
  const buttons = [
    ...(there ? [meaningButton(`Do it in ${ref(there)}`, 'there', call)] : []),
    meaningButton('As plain text here', 'here', call),
  ].filter((one) => one !== null);
  const said = sentence(asked);
  return message(said, [section(said), ...(buttons.length > 0 ? [actions('meant', buttons)] : [])]);
}

function sentence(refusal: Refusal): Mrkdwn {
  switch (refusal.why) {
    case 'not-an-incident-channel':
      return md`\`/incident ${refusal.verb}\` needs an incident: use it in an incident's channel, or end it with \`in INC-42\`. ${openOnes(refusal.open)}`;
    case 'which-incident': {
      const { here, named, there } = refusal;
      const place = there?.channelId ? md` in ${channelLink(there.channelId)}` : md``;
      return there
        ? md`This is the channel of ${ref(here)}, and it ends with \`in ${named}\`. Nothing is done yet: press what is meant, or type it${place} without its end.`
        : md`This is the channel of ${ref(here)}, and there is no ${named} that you can see. Nothing is done yet: press the button if these are only words, or type it with another number.`;
    }
    case 'no-such-incident':
      return md`There is no incident ${refusal.ref} that you can see. ${openOnes(refusal.open)}`;
    case 'already':
      return md`${ref(refusal.incident)} is ${refusal.status} already${who(refusal.by, refusal.at)}. Nothing was changed; ${onward(refusal.incident)}.`;
    case 'has-ended':
      return md`${ref(refusal.incident)} was ${refusal.incident.status}${who(refusal.by, refusal.at)}. Nothing was changed; if it is back, say \`/incident reopen <why>\`.`;
    case 'changed-meanwhile':
      return md`${ref(refusal.incident)} was ${became(refusal)}${who(refusal.by, refusal.at)} while this form was open. Nothing was changed; if it is still meant, close the form and open it again.`;
    case 'still-open':
      return md`${ref(refusal.incident)} is ${refusal.incident.status}${refusal.by ? md`, said${who(refusal.by, refusal.at)}` : ''}, so there is nothing to reopen. Say how it goes with \`/incident ${cardOf('update').example}\`.`;
    case 'same-severity':
      return md`${ref(refusal.incident)} is ${refusal.incident.severity} already${who(refusal.by, refusal.at)}. Nothing was changed; for another one: \`/incident ${cardOf('severity').usage}\`.`;
    case 'unknown-severity':
      return md`"${refusal.word}" is not a severity here. It can be ${refusal.known.join(', ')}: \`/incident severity ${refusal.known[0] ?? 'SEV1'} <reason>\`.`;
    case 'unknown-code':
      return md`"${refusal.word}" is not a severity here, so nothing was declared. It can be ${refusal.known.join(', ')}: \`/incident declare ${refusal.known[0] ?? 'SEV1'} <title>\`.`;
    case 'not-declared-then':
      return md`${refusal.sentence} Nothing was declared.`;
    case 'over-before-start':
      return md`It cannot be over ${date(refusal.to)}, before it started ${date(refusal.from)}. Nothing was declared; say the day as well: \`/incident declare search was slow from yesterday 23:50 to 0:20\`.`;
    case 'unknown-status': {
      const guess = refusal.nearest ?? 'identified';
      return md`"${refusal.word.slice(0, 80)}" is not a status. It can be ${refusal.known.join(', ')}: \`/incident status ${guess} <reason>\`.`;
    }
    case 'words-missing':
      return md`\`/incident ${refusal.verb}\` needs ${refusal.what}. For example: \`/incident ${cardOf(refusal.verb).example}\`.`;
    case 'not-a-link':
      return md`"${refusal.word}" is not a link. It must start with https:// or http://: \`/incident ${cardOf('link').example}\`.`;
    case 'link-too-long':
      return md`This link has ${refusal.length} characters, at most ${refusal.max} fit on the card. Post it in the channel, or add a shorter one.`;
    case 'nobody-to-escalate-to':
      return md`Nobody was told: ${refusal.severity} has no contacts. Name someone (\`/incident escalate @erin why\`), or set \`severities[${refusal.severity}].escalate\` in sitrep.yml.`;
    case 'nobody-to-call': {
      const one = refusal.names.length === 1;
      return md`Nobody was told: ${joined(refusal.names.map(shown), ', ')} ${one ? 'is' : 'are'} no group or person who could come (unknown to Slack, a bot, or deactivated). Mention someone who is here: \`/incident escalate @erin why\`.`;
    }
    case 'escalated-already':
      return md`${joined(refusal.to.map(shown), ', ')} ${refusal.to.length === 1 ? 'was' : 'were'} brought in already${who(refusal.by, refusal.at)}. Nobody was told twice.`;
    default:
      return never(refusal);
  }
}

function became({ incident, what }: Refusal & { why: 'changed-meanwhile' }): string {
  if (what === 'severity') return `made ${incident.severity}`;
  return isOpen(incident) ? 'reopened' : incident.status;
}

/** What is moved where it stands already is either back, or was meant for somewhere else. */
const onward = (incident: Incident): Mrkdwn =>
  isOpen(incident)
    ? md`for another status: \`/incident ${cardOf('status').usage}\``
    : md`if it is back: \`/incident reopen <why>\``;

function who(by: UserId | null, at: Date | null): Mrkdwn {
  return joined([...(by ? [md` by ${mention(by)}`] : []), ...(at ? [md` ${date(at)}`] : [])], '');
}

function openOnes(open: Listed): Mrkdwn {
  if (open === null) return md`\`/incident list\` shows what is open.`;
  if (open.length === 0) return md`No incident is open; \`/incident declare <title>\` declares one.`;
  const lines = open
    .slice(0, 10)
    .map((one) => md`• ${ref(one)} ${one.severity} ${one.title.slice(0, 150)} ${where(one)}`);
  const more = open.length > 10 ? [md`… and ${open.length - 10} more: \`/incident list\``] : [];
  return md`Open now:\n${joined([...lines, ...more])}`;
}

const where = (incident: Incident): Mrkdwn => (incident.channelId ? channelLink(incident.channelId) : md`(opening)`);
