import type { Decision } from '../incidents/decision.ts';
import { type Incident, isPrivate, ref } from '../incidents/incident.ts';
import { post, redraw } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { plural } from '../lib/text.ts';
import { type Block, context, header, message, section } from '../slack/blocks.ts';
import { channelLink, md, quietly } from '../slack/mrkdwn.ts';
import type { Section } from './document.ts';
import { type Factor, factorsIn } from './factors.ts';
import { bodyBlocks } from './message.ts';
import { isOver, RUNGS } from './owed.ts';
import type { PostmortemRefusal } from './refusals.ts';
import { SECTIONS, type SectionId } from './sections.ts';
import { ownLines } from './source.ts';
import {
  type Postmortem,
  type PostmortemChange,
  type Shown,
  sectionsOf,
  standing,
  unknownsIn,
  type Work,
  whole,
} from './work.ts';

/** The name under which the announcement of the postmortem is edited. */
export const ANNOUNCED = 'postmortem:published';

/** Reminders of a postmortem by direct message, by rung. The prefix makes them promises, which find a way round a closed channel. */
export const reminderName = (rung: string): string => `reminder:postmortem:${rung}`;

/** The one reminder of a correction that was begun then. */
export const correctionRung = (takenBackAt: Date): string => `taken back ${takenBackAt.getTime()}`;

export interface Published {
  readonly change: PostmortemChange;
  readonly factors: readonly Factor[];
  readonly decision: Decision;
}

/**
 * Told to everyone, or of a private incident to its channel alone; the incident is closed. A correction edits what was
 * announced before.
 */
export function publish(
  incident: Incident,
  work: Work,
  { by, now }: { readonly by: UserId; readonly now: Date },
  shown: Shown,
): Result<Published, PostmortemRefusal> {
  const { postmortem } = work;
  const document = whole({ ...work, postmortem: { ...postmortem, status: 'published' } }, shown);
  if (document === null) return no({ why: 'no-draft', incident });
  if (postmortem.status === 'published') return no({ why: 'published', incident, postmortem });
  if (!isOver(incident)) return no({ why: 'not-over', incident });
  const left = unknownsIn(document);
  const asked = left > 0 ? ` ${plural(left, 'thing is', 'things are')} still marked as unknown in it.` : '';
  const where = isPrivate(incident) ? 'in this channel' : 'and announced';
  return ok({
    // A correction was published when it first was: it is not late for having been corrected.
    change: {
      status: 'published',
      ...(postmortem.publishedAt === null && { publishedAt: now, publishedBy: by }),
      takenBackAt: null,
      announced: true,
    },
    factors: factorsOf(work),
    decision: {
      ...closing(incident, by, now),
      jobs: [
        post(
          incident.id,
          'channel',
          message(
            md`*The postmortem of ${ref(incident)} is published* by ${quietly(by)}. Thank you to everyone who added to it.`,
          ),
          now,
        ),
        ...announcing(incident, work, announcement(incident, document.sections), now),
        ...remindersOf(postmortem).map((rung): NewJob => edited(incident, rung, now)),
        ...redraw(incident.id, now),
      ],
      answer: message(md`The postmortem of ${ref(incident)} is published ${where}.${asked}`),
    },
  });
}

function closing(incident: Incident, by: UserId, now: Date): Pick<Decision, 'change' | 'entries'> {
  const published = {
    kind: 'postmortem',
    actor: by,
    text: 'postmortem published',
    payload: { did: 'published', status: 'published' },
  } as const;
  if (incident.status === 'closed') return { entries: [published] };
  const why = 'the postmortem is published';
  return {
    change: { status: 'closed', closedAt: now },
    entries: [
      published,
      {
        kind: 'status_changed',
        actor: by,
        text: `${incident.status} → closed: ${why}`,
        payload: { from: incident.status, to: 'closed', why },
      },
    ],
  };
}

function announcing(incident: Incident, { postmortem }: Work, said: Message, now: Date): NewJob[] {
  if (isPrivate(incident)) return [];
  if (!postmortem.announced) return [post(incident.id, 'announcements', said, now, ANNOUNCED)];
  return [{ job: { kind: 'edit', incident: incident.id, as: ANNOUNCED, message: said }, runAt: now }];
}

/**
 * Something that the announcement may quote was taken back: it says what the postmortem says by now, and of one that is
 * a draft again nothing until it is published anew.
 */
export function announceAgain(incident: Incident, work: Work, now: Date): NewJob[] {
  const { document, announced, status } = work.postmortem;
  if (!announced || document === null || isPrivate(incident)) return [];
  if (status === 'published')
    return announcing(incident, work, announcement(incident, sectionsOf(work, document)), now);
  const said = md`*Postmortem of ${ref(incident)}:* something it quoted was taken back. It is a draft again, and stands here when it is published.`;
  return announcing(incident, work, message(said, [section(said)]), now);
}

/** What everyone reads first: what happened, what came together. The whole follows as a file. */
function announcement(incident: Incident, sections: readonly Section[]): Message {
  const part = (id: SectionId): Block[] => {
    const body = sections.find(({ heading }) => heading === SECTIONS[id])?.body ?? [];
    const said = body.filter((line) => !line.said.some((piece) => piece.as === 'unknown'));
    return said.length > 0 ? [section(md`*${SECTIONS[id]}*`), ...bodyBlocks(said.slice(0, 8))] : [];
  };
  const where = incident.channelId ? md` What was said then stands in ${channelLink(incident.channelId)}.` : md``;
  const name = md`Postmortem of ${ref(incident)} (${incident.severity}): ${incident.title}`;
  return message(name, [
    header(`Postmortem: ${ref(incident)} ${incident.title}`),
    ...part('summary'),
    ...part('impact'),
    ...part('factors'),
    context(
      md`_It looks for what made the incident possible, not for who. The whole of it follows as a file.${where}_`,
    ),
  ]);
}

/** What people wrote in the section of factors; what the draft asks there is not theirs. */
export function factorsOf(work: Work): Factor[] {
  const words = standing(work, 'factors');
  return words ? factorsIn(ownLines(words.text, words.drafted)) : [];
}

const remindersOf = ({ takenBackAt }: Postmortem): string[] => [
  ...RUNGS,
  ...(takenBackAt ? [correctionRung(takenBackAt)] : []),
];

/** Where no such reminder was sent this edits nothing. */
const edited = (incident: Incident, rung: string, now: Date): NewJob => {
  const said = md`~A reminder of the postmortem of ${ref(incident)}.~ It is published.`;
  return {
    job: { kind: 'edit', incident: incident.id, as: reminderName(rung), message: message(said, [section(said)]) },
    runAt: now,
  };
};
