import type { Reply } from '../../src/sandbox/acts.ts';
import type { Modal, SubmitReply } from '../../src/sandbox/modal.ts';
import type { Person } from '../../src/sandbox/person.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Channel } from '../../src/sandbox/world.ts';
import type { Asked } from './evidence.ts';
import type { Chance } from './seeded.ts';
import type { Tap } from './tap.ts';

/** What all the people of a soak share. */
export interface Town {
  readonly slack: Sandbox;
  readonly tap: Tap;
  readonly asked: Asked[];
  readonly announceChannel: string;
  /** New incidents are declared no faster than this. */
  mayDeclare(): boolean;
}

/** Somebody who does one thing after the other and remembers what came of it. */
export interface Actor {
  readonly town: Town;
  readonly person: Person;
  readonly chance: Chance;
  /** Own messages that still stand, and when they were edited last. */
  readonly own: Map<string, { room: string; editedAt: number }>;
  /** A word nobody else says. */
  word(): string;
  /** Channels of incidents this person is in. */
  rooms(): Channel[];
  /** … and those they could walk into. */
  doors(): Channel[];
  type(text: string, where: string, yes: string | null): Promise<Reply | null>;
  click(label: string, options: Parameters<Person['clicks']>[1], yes?: string | null): Promise<boolean>;
  /** The form that comes up within a moment, or null. */
  form(): Promise<Modal | null>;
  send(
    form: Modal,
    fields: Parameters<Modal['fill']>[0],
    what: string,
    yes: string | null,
  ): Promise<SubmitReply | null>;
}

export function makeActor(town: Town, person: Person, chance: Chance, number: number): Actor {
  const { slack, tap, asked } = town;
  const { world } = slack;
  let words = 0;
  const incidentChannels = () =>
    [...world.channels.values()].filter(
      (one) => one.kind !== 'im' && one.creator === slack.bot.id && one.id !== town.announceChannel && !one.archived,
    );
  const isIn = (channel: Channel) => channel.members.has(person.id);

  async function ask<R>(
    what: string,
    by: Asked['by'],
    yes: string | null,
    act: () => Promise<R>,
    read: (reply: R) => Pick<Asked, 'outcome' | 'answer' | 'action'>,
  ): Promise<R | null> {
    const before = tap.parcelsOf(person.id).length;
    const at = Date.now();
    // Nothing to click, nobody's channel any more: people meet that too.
    const reply = await act().catch(() => null);
    const parcel = tap
      .parcelsOf(person.id)
      .slice(before)
      .findLast(({ identity }) => identity !== null);
    if (reply !== null && parcel)
      asked.push({ n: asked.length + 1, at, who: person.id, what, by, yes, identity: parcel.identity, ...read(reply) });
    return reply;
  }

  const plainly = ({ outcome, text }: Reply) =>
    ({ outcome: outcome === 'acked' ? 'acked' : 'lost', answer: text, action: null }) as const;

  return {
    town,
    person,
    chance,
    own: new Map(),
    word: () => {
      words += 1;
      return `q${number * 100_000 + words}x`;
    },
    rooms: () => incidentChannels().filter(isIn),
    doors: () => incidentChannels().filter((one) => one.kind === 'public' && !isIn(one)),
    type: (text, where, yes) =>
      ask(`types ${text} in ${where}`, 'command', yes, () => person.slash(text, { in: where }), plainly),
    click: async (label, options, yes = null) =>
      (await ask(`clicks ${label}`, 'click', yes, () => person.clicks(label, options), plainly)) !== null,
    form: async () => {
      for (const until = Date.now() + 2_000; Date.now() < until; await pause(40)) {
        const top = person.modals.at(-1);
        if (top) return top;
      }
      return null;
    },
    send: (form, fields, what, yes) =>
      ask(
        what,
        'form',
        yes,
        async () => (await form.fill(fields)).submit(),
        ({ outcome, action, errors }) => ({
          outcome: outcome === 'acked' ? 'acked' : 'lost',
          answer: Object.values(errors).join(' '),
          action,
        }),
      ),
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
