import { MINUTE, type Millis, SECOND } from '../lib/duration.ts';
import type { Scene } from './scene.ts';

/** One thing that happens; what may fail in it comes first, since it is then played again. What somebody has done already is not done again: the sentence of `unless` says so. */
export interface Step {
  readonly title: string;
  readonly look: string;
  /** Real time for whoever watches to read, before it. */
  readonly after: Millis;
  readonly unless?: (scene: Scene) => string | null;
  readonly play: (scene: Scene) => unknown;
}

const SHORT = 4 * SECOND;
const LONG = 8 * SECOND;

export const STEPS: readonly Step[] = [
  {
    title: 'The monitor calls',
    look: 'An alert in #incidents. Nobody has declared anything yet.',
    after: 0,
    play: ({ slack }) => slack.webhook('incidents', 'ALERT checkout: 38 % of requests fail (limit 2 %)', 'Pager'),
  },
  {
    title: 'Olivia confirms it',
    look: 'The on-call engineer sees it too.',
    after: SHORT,
    play: ({ person }) =>
      void person('oncall').says('I get error 500 at the payment step as well. Declaring.', { in: 'incidents' }),
  },
  {
    title: 'Olivia declares',
    look: 'One line typed; a channel with a pinned card and a checklist opens by itself.',
    after: SHORT,
    play: ({ declare }) => declare('oncall', 'sev1 checkout is down', 'incidents'),
  },
  {
    title: 'The responders come in',
    look: 'Everything said in here becomes the timeline.',
    after: SHORT,
    play: ({ says }) => {
      says('oncall', 'Payments fail for every card, carts are fine.');
      says('commander', 'I am here. What changed in the last hour?');
      says('comms', 'Support has 14 tickets already.');
    },
  },
  {
    title: 'Chandra takes command',
    look: 'One button; the card, the topic and the announcement follow.',
    after: LONG,
    unless: taken('Incident Commander'),
    play: ({ person, channel }) => person('commander').clicks("I'm IC", { in: channel().name }),
  },
  {
    title: 'The roles are given',
    look: 'Olivia digs, Casey writes; each gets the duties as a direct message.',
    after: SHORT,
    unless: over,
    play: async (scene) => {
      if (!taken('Ops lead')(scene)) await scene.types('commander', 'role ops @oncall');
      if (!taken('Comms lead')(scene)) await scene.types('commander', 'role comms @comms');
    },
  },
  {
    title: 'What users feel',
    look: 'The card says it in their words.',
    after: SHORT,
    unless: over,
    play: ({ types }) => types('comms', 'impact Nobody can pay; carts are kept'),
  },
  {
    title: 'The first update',
    look: 'It names the time of the next one, and that is a promise.',
    after: LONG,
    unless: over,
    play: ({ types }) =>
      types('comms', 'update Payments fail for everybody since a few minutes. We are looking at what changed.'),
  },
  {
    title: 'The trace',
    look: 'Marked with 📌, so that it stands in the postmortem.',
    after: LONG,
    play: ({ says, person }) => {
      const said = says('oncall', 'Deploy 4812 of checkout went out nine minutes before the first alert.');
      person('commander').reacts(said, 'pushpin');
      says('commander', 'Roll it back first, understand it later.', { thread: said.ts });
    },
  },
  {
    title: 'The rollback',
    look: 'Olivia names the cause; a deploy job speaks in the channel.',
    after: SHORT,
    unless: over,
    play: async ({ reports, types }) => {
      await types('oncall', 'status identified deploy 4812');
      reports('Deploys', 'checkout: rollback from 4812 to 4811 started by Olivia Oncall');
    },
  },
  {
    title: 'Time passes, and nobody writes',
    look: 'The clock goes forward: a private nudge first, then the reminder in the channel.',
    after: LONG,
    unless: over,
    play: ({ untilReminded }) => untilReminded(),
  },
  {
    title: 'The update comes late',
    look: 'The reminder is ticked off; that the promise was late stays on record.',
    after: LONG,
    unless: over,
    play: async ({ forward, types }) => {
      await forward(2 * MINUTE);
      await types('comms', 'update The rollback is running, two of three regions are done.');
    },
  },
  {
    title: 'Mitigated',
    look: 'Users no longer hurt. That moment counts most.',
    after: LONG,
    unless: (scene) => over(scene) ?? statusIs(scene, 'mitigated'),
    play: async ({ reports, types }) => {
      await types('commander', 'mitigated rolled back deploy 4812');
      reports('Pager', 'RESOLVED checkout: 0.3 % of requests fail');
    },
  },
  {
    title: 'Erin comes late',
    look: 'The executive asks the bot, not the responders: only she sees the answer.',
    after: LONG,
    play: ({ types }) => types('exec', ''),
  },
  {
    title: 'Resolved',
    look: 'Twenty quiet minutes later. The reminders end, the announcement says so.',
    after: LONG,
    unless: over,
    play: async ({ forward, types }) => {
      await forward(10 * MINUTE);
      await types('commander', 'resolve Rolled back deploy 4812, its migration locked the payments table');
    },
  },
  {
    title: 'The draft',
    look: 'The postmortem, drafted from the record: every line leads to its message, and what is not known is marked.',
    after: SHORT,
    play: ({ waits, channel }) =>
      waits('The draft is not there yet', () =>
        channel().posts.some((one) => one.files.some((file) => file.name.endsWith('.md'))),
      ),
  },
];

/** The card says who holds what; `null`: nobody yet. */
function taken(role: string): (scene: Scene) => string | null {
  return (scene) => {
    const shown = scene.card()?.shown ?? '';
    const holder = new RegExp(`\\*${role}\\*\\n(.+)`).exec(shown)?.[1] ?? '';
    if (over(scene)) return over(scene);
    return holder === '' || holder.includes('Not assigned') ? null : `${holder} has it already.`;
  };
}

function over(scene: Scene): string | null {
  return statusIs(scene, 'resolved', 'closed', 'canceled');
}

function statusIs(scene: Scene, ...statuses: string[]): string | null {
  const status = /\*Status\*\n(\w+)/.exec(scene.card()?.shown ?? '')?.[1] ?? '';
  return statuses.includes(status) ? `The incident is ${status} already.` : null;
}
