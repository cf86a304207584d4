import type { Decision } from '../incidents/decision.ts';
import { type Holder, type Incident, isOpen, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { channelLink, type Mrkdwn, md, quietly } from '../slack/mrkdwn.ts';

/** How somebody who has command came to be gone. */
export type Gone = 'left' | 'deactivated';

/** The name under which the question whether someone takes over is edited, one for each holding. */
export const absentPost = ({ userId, fromAt }: Pick<Holder, 'userId' | 'fromAt'>): string =>
  `absent IC:${userId}:${fromAt.getTime()}`;

/** Who has command is gone: the channel is asked at once, and so are they. Null: it was someone else, or it is over. */
export function commanderGone(
  incident: Incident,
  holders: readonly Holder[],
  user: UserId,
  why: Gone,
  now: Date,
): Decision | null {
  const ic = holders.find((holder) => holder.role === 'ic');
  if (!isOpen(incident) || ic?.userId !== user) return null;
  const said = md`:warning: *${quietly(user)} has command of ${ref(incident)} and ${happened(why)}.* Someone who is here must take it, or nobody runs the incident.`;
  return {
    entries: [
      {
        kind: 'reminder_sent',
        actor: null,
        text: `the IC ${happened(why)}`,
        payload: { about: 'absent ic', user, why },
      },
    ],
    jobs: [
      post(
        incident.id,
        'channel',
        message(said, [
          section(said),
          actions('absent-ic', [button("I'm IC", 'relieve-ic', `${incident.id}:${user}`, 'primary')]),
        ]),
        now,
        absentPost(ic),
      ),
      // Nobody reads the messages of a closed account.
      ...(why === 'left' ? [toThem(incident, user, now)] : []),
    ],
  };
}

function happened(why: Gone): string {
  switch (why) {
    case 'left':
      return 'left the channel';
    case 'deactivated':
      return 'is deactivated in Slack';
    default:
      return never(why);
  }
}

/** Without the title: of a private incident they are no longer told anything. */
function toThem(incident: Incident, user: UserId, now: Date): NewJob {
  const where = incident.channelId ? md` ${channelLink(incident.channelId)}` : md``;
  const said = md`You left the channel of ${ref(incident)} and still have command. Come back${where}, hand over with \`/incident handoff @someone in ${ref(incident)}\`, or let go with \`/incident role ic none in ${ref(incident)}\`.`;
  return { job: { kind: 'dm', user, message: message(said), incident: incident.id }, runAt: now };
}

export const commanderBack = (incident: Incident, ic: Holder, now: Date): Decision => ({
  jobs: [edited(incident, ic, md`${quietly(ic.userId)} is back and has command of ${ref(incident)}.`, now)],
});

/** The question, if it was asked, is answered; where it was not, this edits nothing. */
export const relievedAbsent = (incident: Incident, before: Holder, user: UserId | null, now: Date): NewJob =>
  edited(
    incident,
    before,
    user
      ? md`~${quietly(before.userId)} had command of ${ref(incident)} and was gone.~ ${quietly(user)} has it now.`
      : md`~${quietly(before.userId)} had command of ${ref(incident)} and was gone.~ They let go of it.`,
    now,
  );

const edited = (incident: Incident, ic: Holder, said: Mrkdwn, now: Date): NewJob => ({
  job: { kind: 'edit', incident: incident.id, as: absentPost(ic), message: message(said, [section(said)]) },
  runAt: now,
});

/** Whom the button of the question relieves; null when anything else wrote it. */
export function readRelieved(value: string): UserId | null {
  const match = /^\d{1,9}:([UW][A-Z0-9]+)$/.exec(value);
  return match ? (match[1] as UserId) : null;
}
