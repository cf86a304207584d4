import type { Decision } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { actions, message, section } from '../slack/blocks.ts';
import { channelLink, date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { editSelect } from './board.ts';
import { mayNotOwn, type Owners } from './owner.ts';
import type { PostmortemRefusal } from './refusals.ts';
import type { Postmortem, PostmortemChange } from './work.ts';

interface Owned {
  readonly change: PostmortemChange;
  readonly decision: Decision;
}

/** Someone else sees to it from now on: they are told, and so is whoever did until now. */
export function changeOwner(
  incident: Incident,
  postmortem: Postmortem,
  asked: { readonly to: UserId; readonly by: UserId; readonly now: Date },
  owners: Pick<Owners, 'members' | 'standings'>,
): Result<Owned, PostmortemRefusal> {
  const { to, by, now } = asked;
  if (postmortem.status === 'published') return no({ why: 'published', incident, postmortem });
  if (postmortem.owner === to) return no({ why: 'same-owner', user: to });
  const against = mayNotOwn(incident, to, owners);
  if (against === 'not-inside') return no({ why: 'owner-outside', incident, user: to });
  if (against !== null) return no({ why: 'cannot-own', user: to, standing: against });
  const before = postmortem.owner;
  const told = before !== null && before !== by && owners.standings.get(before) !== 'deactivated';
  return ok({
    change: { owner: to },
    decision: {
      entries: [
        {
          kind: 'postmortem',
          actor: by,
          text: `the postmortem's owner is ${to}`,
          payload: { did: 'owner', owner: to, from: before },
        },
      ],
      jobs: [
        ...(to === by
          ? []
          : [tellOwner(incident, { ...postmortem, owner: to }, md`${mention(by)} asks you to see to it.`, now)]),
        ...(told && before
          ? [
              dm(
                incident,
                before,
                md`${mention(to)} owns the postmortem of ${ref(incident)} from now on, says ${mention(by)}.`,
                now,
              ),
            ]
          : []),
      ].flatMap((job) => job ?? []),
      answer: message(
        to === by
          ? md`The postmortem of ${ref(incident)} is yours.`
          : md`${mention(to)} owns it from now on and is told.`,
      ),
    },
  });
}

/** What an owner learns first: that it is theirs, why, until when, and where to begin. Null: nobody owns it. */
export function tellOwner(
  incident: Incident,
  { owner, dueAt, document }: Postmortem,
  why: Mrkdwn,
  now: Date,
): NewJob | null {
  if (owner === null) return null;
  const where = incident.channelId ? md` in ${channelLink(incident.channelId)}` : md``;
  const due = dueAt === null ? md`` : md`It is due *${date(dueAt)}*.`;
  const how = document === null ? md`Its draft follows` : md`Its draft stands`;
  const todo = md`${how}${where}: see that what is unknown gets answered, put it into words, ask those who were there, publish it.`;
  const said = sentences(md`*The postmortem of ${ref(incident)} is yours.*`, why, due, todo);
  return {
    job: {
      kind: 'dm',
      user: owner,
      message: message(said, [section(said), actions('postmortem', [editSelect(incident.id)])]),
      incident: incident.id,
    },
    runAt: now,
  };
}

/** Those of them that say something. */
export const sentences = (...all: readonly Mrkdwn[]): Mrkdwn =>
  joined(
    all.filter(({ text }) => text !== ''),
    ' ',
  );

export const dm = (incident: Incident, user: UserId, said: Mrkdwn, now: Date): NewJob => ({
  job: { kind: 'dm', user, message: message(said), incident: incident.id },
  runAt: now,
});
