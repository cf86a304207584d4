import type { Person } from '../../src/sandbox/person.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Channel } from '../../src/sandbox/world.ts';
import { pause } from './actor.ts';
import type { Chance } from './seeded.ts';

/** What people do to the channel of an incident as a whole. Made good again before it returns. */
export async function upset(chance: Chance, slack: Sandbox, count: (what: string) => void): Promise<void> {
  const channel = chance.of(channelsOf(slack).slice(-6));
  const person = channel && chance.of(peopleIn(slack, channel));
  if (!channel || !person) return;
  const how = chance.of(['kick', 'archive', 'rename'] as const);
  count(`channel: ${how}`);
  if (how === 'kick') await kick(chance, slack, channel, person);
  if (how === 'archive') await archive(chance, slack, channel, person);
  if (how === 'rename') person.renames(channel.id, `${channel.name.replace(/-r\d+$/, '').slice(0, 70)}-r${counted()}`);
}

/** Those with a card: the bot knows them. */
const channelsOf = ({ world, bot }: Sandbox): Channel[] =>
  [...world.channels.values()].filter(
    (one) => one.kind !== 'im' && one.creator === bot.id && one.pins.some(({ by }) => by === bot.id) && !one.archived,
  );

const peopleIn = (slack: Sandbox, channel: Channel): Person[] =>
  slack.people().filter(({ id }) => channel.members.has(id));

let renamed = 0;
const counted = (): number => {
  renamed += 1;
  return renamed;
};

async function kick(chance: Chance, slack: Sandbox, channel: Channel, person: Person): Promise<void> {
  person.kicks(slack.bot.handle, channel.id);
  await pause(chance.between(500, 6_000));
  const host = channel.members.has(person.id) ? person : peopleIn(slack, channel)[0];
  host?.invites(slack.bot.handle, channel.id);
}

/** Slack: a public channel has lost its members when it is opened again, and the bot comes back by itself. */
async function archive(chance: Chance, slack: Sandbox, channel: Channel, person: Person): Promise<void> {
  const before = peopleIn(slack, channel);
  person.archives(channel.id);
  await pause(chance.between(500, 6_000));
  person.unarchives(channel.id);
  if (channel.kind === 'private') person.invites(slack.bot.handle, channel.id);
  else for (const one of before) one.joins(channel.id);
}

/** Where nothing told the bot that it may come back, somebody asks it in. */
export function askBotIn(slack: Sandbox): void {
  for (const channel of channelsOf(slack))
    if (!channel.members.has(slack.bot.id)) peopleIn(slack, channel)[0]?.invites(slack.bot.handle, channel.id);
}
