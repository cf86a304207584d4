import type { Decision } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { listed, plural } from '../lib/text.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { channelLink, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { publishButton } from './board.ts';
import { TOLD, timer } from './due.ts';
import { mayNotEdit } from './editing.ts';
import { mayNotOwn, type Owners } from './owner.ts';
import { dm } from './ownership.ts';
import type { PostmortemRefusal } from './refusals.ts';
import { isOutlived, type PostmortemChange, type Review, type Work } from './work.ts';

interface AskedReview {
  readonly change: PostmortemChange;
  readonly asked: readonly Review[];
  readonly decision: Decision;
}

/** Those who were there are asked whether it is how they know it, and again when it was edited since they confirmed it. */
export function askForReview(
  incident: Incident,
  work: Work,
  { who: named, by, now }: { readonly who: readonly UserId[]; readonly by: UserId; readonly now: Date },
  owners: Pick<Owners, 'members' | 'standings'>,
): Result<AskedReview, PostmortemRefusal> {
  const refused = mayNotEdit(incident, work);
  if (refused) return no(refused);
  const who = [...new Set(named)];
  if (who.length === 0) return no({ why: 'reviewers-missing' });
  for (const user of who) {
    const against = mayNotOwn(incident, user, owners);
    if (against === 'not-inside') return no({ why: 'reviewer-outside', incident, user });
    if (against !== null) return no({ why: 'cannot-review', user, standing: against });
  }
  const known = work.reviews.filter(({ reviewer }) => who.includes(reviewer));
  const before = known.filter((one) => !isOutlived(work, one));
  const fresh = who.filter((user) => before.every(({ reviewer }) => reviewer !== user));
  const again = new Set(known.map(({ reviewer }) => reviewer));
  const unanswered = { askedBy: by, askedAt: now, answer: null, answeredAt: null, perspective: null };
  const asked = fresh.map((reviewer): Review => ({ incidentId: incident.id, reviewer, ...unanswered }));
  return ok({
    change: { status: 'in review' },
    asked,
    decision: {
      entries:
        work.postmortem.status === 'in review' && fresh.length === 0
          ? []
          : [
              {
                kind: 'postmortem',
                actor: by,
                text: fresh.length > 0 ? `review asked of ${listed([...fresh])}` : 'the postmortem is in review again',
                payload: { did: 'review', status: 'in review', reviewers: fresh },
              },
            ],
      jobs: asked.map((review) => toReviewer(incident, review, again.has(review.reviewer), now)),
      answer: message(
        whoIsAsked(
          incident,
          { fresh: fresh.length, again: known.length - before.length },
          before,
          work.postmortem.status === 'in review',
        ),
      ),
    },
  });
}

/** `again`: so many of the fresh have confirmed it once. */
function whoIsAsked(
  incident: Incident,
  { fresh, again }: { readonly fresh: number; readonly again: number },
  before: readonly Review[],
  wasInReview: boolean,
): Mrkdwn {
  const known = `${plural(before.length, 'person was', 'people were')} asked before`;
  const its = md`the postmortem of ${ref(incident)}`;
  const edited =
    again === 0 ? '' : ` It was edited since ${again === fresh ? 'they' : `${again} of them`} confirmed it.`;
  if (fresh > 0)
    return md`${plural(fresh, 'person is', 'people are')} asked to review ${its}${again === fresh ? ' again' : ''}.${edited}${before.length > 0 ? ` ${known}.` : ''}`;
  const silent = before.filter(({ answer }) => answer === null).length;
  const nobody = md`Nobody new is asked to review ${its}: ${known}, ${answeredBy(before.length, silent)}.`;
  return wasInReview ? nobody : md`${nobody} It is in review again.`;
}

function answeredBy(asked: number, silent: number): string {
  if (asked === 1) return silent === 0 ? 'and has answered' : 'and has not answered';
  if (silent === 0) return 'and all have answered';
  return silent === asked ? 'and none has answered' : `of whom ${silent} ${silent === 1 ? 'has' : 'have'} not answered`;
}

const nameOf = ({ reviewer }: Pick<Review, 'reviewer'>): string => `postmortem:review:${reviewer}`;

function toReviewer(incident: Incident, review: Review, again: boolean, now: Date): NewJob {
  const said = asking(incident, review, again);
  const job = { kind: 'dm', user: review.reviewer, message: said, incident: incident.id } as const;
  return { job: { ...job, as: nameOf(review) }, runAt: now };
}

function asking(incident: Incident, { askedBy, answer }: Review, again = false): Message {
  const where = incident.channelId ? md` It stands in ${channelLink(incident.channelId)}.` : md``;
  const said = md`${mention(askedBy)} asks you to read the postmortem of *${ref(incident)}*${again ? ' again: it was edited since you confirmed it. Is it still' : ': is it'} how you know it?${where} What you saw differently is worth as much as what you can confirm; it is added under your name.`;
  const thanks =
    answer === null
      ? []
      : [md`_${answer === 'confirmed' ? 'You confirmed it.' : 'Your perspective stands in it.'} Thank you._`];
  return message(said, [
    section(joined([said, ...thanks])),
    actions('review', [
      ...(answer === null ? [button('Confirm', 'postmortem-confirm', String(incident.id), 'primary')] : []),
      button(
        answer === 'perspective' ? 'Change perspective' : 'Add perspective',
        'postmortem-perspective',
        String(incident.id),
      ),
    ]),
  ]);
}

interface Reviewed {
  readonly review: Review;
  readonly decision: Decision;
}

/** `perspective` null: they confirm it. A perspective may be changed until it is published. */
export function review(
  incident: Incident,
  work: Work,
  { by, perspective, now }: { readonly by: UserId; readonly perspective: string | null; readonly now: Date },
): Result<Reviewed, PostmortemRefusal> {
  const refused = mayNotEdit(incident, work);
  if (refused) return no(refused);
  const before = work.reviews.find(({ reviewer }) => reviewer === by);
  if (!before) return no({ why: 'not-asked', incident });
  if (perspective === null && before.answer !== null)
    return no({ why: 'confirmed-already', incident, at: before.answeredAt ?? before.askedAt });
  const answer = perspective === null ? 'confirmed' : 'perspective';
  const after: Review = { ...before, answer, answeredAt: now, perspective };
  const all = work.reviews.map((one) => (one.reviewer === by ? after : one));
  return ok({
    review: after,
    decision: {
      entries: [
        {
          kind: 'postmortem',
          actor: by,
          text: answer === 'confirmed' ? 'the postmortem is confirmed' : 'a perspective is added to the postmortem',
          payload: { did: answer },
        },
      ],
      jobs: [
        {
          job: { kind: 'edit', incident: incident.id, as: nameOf(after), message: asking(incident, after) },
          runAt: now,
        },
        ...tellOwner(incident, work, all, after, now),
      ],
      answer: message(
        answer === 'confirmed'
          ? md`Thank you. It says in the postmortem of ${ref(incident)} that you confirmed it.`
          : md`Thank you. Your perspective stands in the postmortem of ${ref(incident)} under your name.`,
      ),
    },
  });
}

/** A perspective at once, everybody's confirmation when the last one answered. */
function tellOwner(incident: Incident, work: Work, all: readonly Review[], after: Review, now: Date): NewJob[] {
  const { owner } = work.postmortem;
  if (owner === null || owner === after.reviewer) return [];
  const isFirst = work.reviews.some(({ reviewer, answer }) => reviewer === after.reviewer && answer === null);
  const isLast = isFirst && all.every(({ answer }) => answer !== null);
  const added =
    after.answer === 'perspective'
      ? [md`${mention(after.reviewer)} added a perspective to the postmortem of ${ref(incident)}.`]
      : [];
  if (!isLast) return added.map((said) => dm(incident, owner, said, now));
  const done = md`Everybody who was asked about the postmortem of ${ref(incident)} has answered (${plural(all.length, 'person', 'people')}).`;
  const said: Mrkdwn = joined([...added, done]);
  const asked = message(said, [section(said), actions('postmortem', [publishButton(incident)])]);
  return [{ job: { kind: 'dm', user: owner, message: asked, incident: incident.id }, runAt: now }];
}

/** Taken back: from review, or from being published to be corrected. Who answered has answered. */
export function backToDraft(
  incident: Incident,
  { postmortem }: Work,
  { by, now }: { readonly by: UserId; readonly now: Date },
): Result<{ readonly change: PostmortemChange; readonly decision: Decision }, PostmortemRefusal> {
  if (postmortem.document === null) return no({ why: 'no-draft', incident });
  if (postmortem.status === 'draft') return no({ why: 'not-published', incident, postmortem });
  const isCorrected = postmortem.status === 'published';
  const change: PostmortemChange = { status: 'draft', ...(isCorrected && { takenBackAt: now, reminded: TOLD }) };
  return ok({
    change,
    decision: {
      entries: [
        {
          kind: 'postmortem',
          actor: by,
          text: `the postmortem is a draft again (was ${postmortem.status})`,
          payload: { did: 'back', status: 'draft', from: postmortem.status },
        },
      ],
      // What was noted since it was published gets in; what never was is reminded of from where it stands.
      jobs: isCorrected
        ? [
            ...timer(incident, { ...postmortem, ...change }, now),
            { job: { kind: 'draft', incident: incident.id }, runAt: now },
          ]
        : [{ job: { kind: 'postmortem', incident: incident.id }, runAt: now }],
      answer: message(
        md`The postmortem of ${ref(incident)} is a draft again. What was announced stays until it is published anew.`,
      ),
    },
  });
}
