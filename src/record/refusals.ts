import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import type { ClockName } from './clock-names.ts';

/** Why the record stays as it is. */
export type RecordRefusal =
  | { readonly why: 'nothing-to-note' }
  | { readonly why: 'not-a-count'; readonly word: string }
  | { readonly why: 'no-such-entry'; readonly incident: Incident }
  | { readonly why: 'struck-already'; readonly by: string | null; readonly at: Date }
  | { readonly why: 'stands-already' }
  | { readonly why: 'moved-meanwhile'; readonly at: Date }
  | { readonly why: 'stands-there' }
  | { readonly why: 'bad-time'; readonly sentence: string }
  | { readonly why: 'unknown-clock'; readonly word: string; readonly nearest: string | null }
  | { readonly why: 'no-reason'; readonly what: ClockName }
  | { readonly why: 'not-yet'; readonly incident: Incident; readonly what: ClockName }
  | { readonly why: 'same-time'; readonly incident: Incident; readonly what: ClockName; readonly at: Date }
  | {
      readonly why: 'out-of-order';
      readonly what: ClockName;
      readonly at: Date;
      readonly other: ClockName;
      readonly otherAt: Date;
      readonly side: 'before' | 'after';
    };

export const wordedRecord = (refusal: RecordRefusal): Message => message(sentence(refusal));

function sentence(refusal: RecordRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'nothing-to-note':
      return md`A note needs words: \`/incident note failover to the second region began\`.`;
    case 'not-a-count':
      return md`"${refusal.word.slice(0, 60)}" is not a number of entries. Write \`/incident timeline 20\` or \`/incident timeline all\`.`;
    case 'no-such-entry':
      return md`${ref(refusal.incident)} has no such entry. \`/incident timeline\` shows those it has.`;
    case 'struck-already':
      return md`This entry was struck out already${refusal.by ? md` by ${mention(refusal.by as UserId)}` : md``} ${date(refusal.at)}. Nothing was changed.`;
    case 'stands-already':
      return md`This entry is not struck out, so there is nothing to put back.`;
    case 'moved-meanwhile':
      return md`Somebody corrected the time of this entry meanwhile: it is ${date(refusal.at)} now. Open the form again to see it.`;
    case 'stands-there':
      return md`The entry stands at that time already. Nothing was changed.`;
    case 'bad-time':
      return md`${refusal.sentence}`;
    case 'unknown-clock': {
      const head =
        refusal.word === '' ? md`Say which time` : md`"${refusal.word.slice(0, 60)}" is no time of an incident`;
      return md`${head}: it can be started, detected, mitigated or resolved. \`/incident clock ${refusal.nearest ?? 'mitigated'} 14:05 the graph shows it\`.`;
    }
    case 'no-reason':
      return md`A corrected time needs its reason: \`/incident clock ${refusal.what} 14:05 the graph shows it\`.`;
    case 'not-yet': {
      const verb = refusal.what === 'resolved' ? 'resolve' : 'mitigated';
      return md`${ref(refusal.incident)} is ${refusal.incident.status} and was not ${refusal.what}, so there is no time to correct. \`/incident ${verb} <how>\` says that it is.`;
    }
    case 'same-time':
      return md`${ref(refusal.incident)} has ${date(refusal.at)} as *${refusal.what}* already. Nothing was changed.`;
    case 'out-of-order':
      return md`*${refusal.what}* ${date(refusal.at)} would be ${refusal.side} *${refusal.other}*, which was ${date(refusal.otherAt)}. Nothing was changed; if that is wrong, correct it first: \`/incident clock ${refusal.other} …\`.`;
    default:
      return never(refusal);
  }
}
