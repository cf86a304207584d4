import { addChannel, joinChannel } from './channels.ts';
import { createJournal } from './journal.ts';
import type { Manifest } from './manifest.ts';
import type { Member, PersonKind, World } from './world.ts';
import { nextId, token } from './world.ts';

/** An empty workspace of the team Acme with the app installed in it. */
export function emptyWorld(manifest: Manifest, clock: () => Date, journalKeeps?: number): World {
  const id = { app: 'A0SITREP01', botId: 'B0SITREP01', botUserId: 'U0SITREP01' };
  const now = () => new Date(clock().getTime() + world.ahead);
  const world: World = {
    team: { id: 'T0ACME0001', domain: 'acme', name: 'Acme' },
    app: { id: id.app, botId: id.botId, botUserId: id.botUserId, verification: 'legacy-verification-token' },
    tokens: {
      bot: `xoxb-sandbox-${token(12)}`,
      app: `xapp-1-${id.app}-${token(12)}`,
      signingSecret: token(32),
    },
    installed: true,
    manifest,
    fullNames: false,
    now,
    ahead: 0,
    origin: '',
    members: new Map(),
    groups: new Map(),
    channels: new Map(),
    reservedNames: new Set(),
    files: new Map(),
    stacks: new Map(),
    homes: new Map(),
    ephemerals: [],
    triggers: new Map(),
    hooks: new Map(),
    choices: new Map(),
    journal: createJournal(now, journalKeeps),
    tell: () => undefined,
    lastTs: 0,
    run: Date.now().toString(36).toUpperCase(),
    counter: 0,
  };
  const bot = { id: id.botUserId, handle: manifest.botName, realName: manifest.appName };
  world.members.set(bot.id, makeMember(world, { ...bot, kind: 'bot' }));
  return world;
}

export type NewMember = { handle: string; realName?: string; kind?: PersonKind; id?: string; deactivated?: boolean };

export function addMember(world: World, fields: NewMember): Member {
  if ([...world.members.values()].some((m) => m.handle === fields.handle)) {
    throw new Error(`There is somebody called ${fields.handle} already`);
  }
  const member = makeMember(world, { ...fields, id: fields.id ?? nextId(world, 'U') });
  world.members.set(member.id, member);
  return member;
}

function makeMember(world: World, fields: NewMember & { id: string }): Member {
  const kind = fields.kind ?? 'member';
  return {
    id: fields.id,
    handle: fields.handle,
    realName: fields.realName ?? fields.handle,
    teamId: kind === 'stranger' ? 'T0PARTNER1' : world.team.id,
    kind,
    deactivated: fields.deactivated ?? false,
    tz: 'Europe/London',
    updated: 1_780_000_000,
  };
}

const SEEDED = [
  { handle: 'oncall', realName: 'Olivia Oncall', id: 'U0ONCALL01' },
  { handle: 'commander', realName: 'Chandra Commander', id: 'U0COMMAND1' },
  { handle: 'comms', realName: 'Casey Comms', id: 'U0COMMS001' },
  { handle: 'exec', realName: 'Erin Exec', id: 'U0EXEC0001' },
];

const CHANNELS = { general: 'C0GENERAL1', incidents: 'C0INCIDENT' };

/** Four people, two channels the bot is not in, a user group. */
export function seed(world: World): void {
  for (const person of SEEDED) addMember(world, person);
  const [first, ...others] = SEEDED.map(({ id }) => id);
  for (const [name, id] of Object.entries(CHANNELS)) {
    const channel = addChannel(world, {
      id,
      name,
      kind: 'public',
      creator: first ?? '',
      general: name === 'general',
    });
    for (const id of others) joinChannel(world, channel, id);
  }
  const leads = nextId(world, 'S');
  const users = ['U0COMMAND1', 'U0EXEC0001'];
  world.groups.set(leads, {
    id: leads,
    handle: 'engineering-leads',
    name: 'Engineering leads',
    users,
    disabled: false,
  });
}

const OUTSIDERS = [
  { handle: 'guest', realName: 'Gus Guest', id: 'U0GUEST001', kind: 'guest' },
  { handle: 'partner', realName: 'Pat Partner', id: 'U0PARTNER1', kind: 'stranger' },
] as const;

/** Who may speak but not command, in a channel of their own; what is there already stays. */
export function seedOutsiders(world: World): void {
  if (world.members.has(OUTSIDERS[0].id)) return;
  for (const person of OUTSIDERS) addMember(world, person);
  const creator = 'U0COMMS001';
  const channel = addChannel(world, { id: 'C0PARTNERS', name: 'partners', kind: 'public', creator, shared: true });
  for (const { id } of OUTSIDERS) joinChannel(world, channel, id, creator);
  joinChannel(world, channel, 'U0ONCALL01', creator);
}
