import type { Decision } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { actions, section as block, button, message } from '../slack/blocks.ts';
import { type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { sectionValue } from './board.ts';
import { fresh, mayNotEdit } from './editing.ts';
import { bodyBlocks } from './message.ts';
import type { PostmortemRefusal } from './refusals.ts';
import { SECTIONS, type SectionId } from './sections.ts';
import { linesOf, newIn, sourceOf } from './source.ts';
import { draftedOf, editedSections, type Revision, standing, type Work } from './work.ts';

/** What a newer draft says beyond the words of people. Their words stay; it is proposed to the owner. */
interface Proposed {
  readonly revision: Revision;
  /** The name under which it is edited. */
  readonly as: string;
  /** Nobody answered the one before: where it stands, it can say this instead. */
  readonly isPending: boolean;
  readonly message: Message;
}

/** Of the draft just computed, which is the one in `work`. What was proposed before is not proposed again. */
export function proposals(incident: Incident, work: Work, now: Date): Proposed[] {
  const { document, owner } = work.postmortem;
  if (document === null) return [];
  return editedSections(work).flatMap(({ section, revision }) => {
    const proposed = newIn(draftedOf(document, section), revision.drafted, revision.text).join('\n');
    if (proposed === '' || proposed === revision.proposed) return [];
    const next = { ...revision, proposed, proposedAt: now };
    const as = nameOf(section, revision, owner);
    return [
      { revision: next, as, isPending: revision.proposed !== null, message: asking(incident, section, next, now) },
    ];
  });
}

/** Of each wording one is open at a time, with the owner it was proposed to. */
const nameOf = (section: SectionId, { number }: Revision, owner: UserId | null): string =>
  `postmortem:proposal:${section}:${number}:${owner ?? 'channel'}`;

/** To the owner; where it stands already and nobody waits for it, that message is edited, which wakes nobody. */
export function propose(
  incident: Incident,
  owner: UserId | null,
  { as, message: said }: Pick<Proposed, 'as' | 'message'>,
  how: 'anew' | 'in place',
  now: Date,
): NewJob {
  if (how === 'in place') return { job: { kind: 'edit', incident: incident.id, as, message: said }, runAt: now };
  if (owner === null) return post(incident.id, 'channel', said, now, as);
  return { job: { kind: 'dm', user: owner, message: said, incident: incident.id, as }, runAt: now };
}

function asking(incident: Incident, section: SectionId, revision: Revision, now: Date): Message {
  const said = md`*${SECTIONS[section]}* of ${ref(incident)}'s postmortem is in people's own words, and the record says more by now. Their words stay as they are. It would add:`;
  const value = sectionValue(incident.id, section, now);
  return message(said, [
    block(said),
    ...bodyBlocks(linesOf(revision.proposed ?? '')),
    actions('proposal', [button('Take it', 'postmortem-take', value), button('Keep mine', 'postmortem-keep', value)]),
  ]);
}

export interface Answered {
  readonly section: SectionId;
  /** The proposal it belongs to. */
  readonly at: number;
  readonly how: 'take' | 'keep';
  readonly by: UserId;
  readonly now: Date;
}

/** What the transaction writes: the wording as it is known now, and one more when the proposal was taken. */
export interface Settled {
  readonly weighed: Revision;
  readonly revision: Revision | null;
  readonly decision: Decision;
}

/** Taken lines go below the people's own. Either way the draft is taken note of, and proposes these lines no more. */
export function answerProposal(incident: Incident, work: Work, asked: Answered): Result<Settled, PostmortemRefusal> {
  const { section, at, how, by, now } = asked;
  const refused = mayNotEdit(incident, work);
  if (refused) return no(refused);
  const stands = standing(work, section);
  const { document } = work.postmortem;
  if (!stands?.proposed || stands.proposedAt?.getTime() !== at || document === null)
    return no({ why: 'proposal-over', section });
  const noted = { drafted: sourceOf(draftedOf(document, section)), proposed: null, proposedAt: null };
  const text = `${stands.text}\n${stands.proposed}`;
  const taken: Revision = {
    ...fresh(incident, work, section),
    ...noted,
    author: by,
    writtenAt: now,
    text,
    stands: true,
  };
  const said = how === 'take' ? md`was taken in below by ${mention(by)}` : md`was left out by ${mention(by)}`;
  return ok({
    weighed: { ...stands, ...noted },
    revision: how === 'take' ? taken : null,
    decision: {
      entries: [
        {
          kind: 'postmortem',
          actor: by,
          text: `${SECTIONS[section]}: what the record adds was ${how === 'take' ? 'taken in' : 'left out'}`,
          payload: { did: how === 'take' ? 'took' : 'kept', section },
        },
      ],
      jobs: [
        edited(
          incident,
          nameOf(section, stands, work.postmortem.owner),
          md`What the record adds to *${SECTIONS[section]}* of ${ref(incident)}'s postmortem ${said}.`,
          now,
        ),
      ],
      answer: message(how === 'take' ? md`Added below the words that stood there.` : md`Left as it is.`),
    },
  });
}

const edited = (incident: Incident, as: string, said: Mrkdwn, now: Date): NewJob => {
  const words: Message = message(said, [block(said)]);
  return { job: { kind: 'edit', incident: incident.id, as, message: words }, runAt: now };
};
