import type { Channel } from '../../src/sandbox/world.ts';
import type { Actor } from './actor.ts';

/** What people do during an incident: one deed is one thing a person does and waits for. */
type Deed = (actor: Actor) => Promise<unknown>;

/** How a yes reads: beside the public line, or whole from elsewhere. */
export const YES = {
  declare: '\\*INC-\\d+ declared\\*',
  update: '^Done\\. |^Update of INC-\\d+ posted',
  state: '^Done\\. |^INC-\\d+ is [\\w ]+ now\\.',
  role: '^Done\\. | of INC-\\d+(?: (?:is free )?now)?\\. ',
  cadence: '^Done\\. |^INC-\\d+: (?:an update every|no updates are promised)',
  snooze: '^Done\\. |^Reminders of INC-\\d+ are quiet',
  corrected: '^Done\\. |^INC-\\d+ corrected|^Noted on the card of INC-\\d+',
  link: '^Added to the card',
  escalate: 'mentioned in the channel',
  draft: '^Drafting INC-',
  form: 'close|update',
} as const;

/** Said by several people of several incidents: their channels want the same name. */
const TITLES = ['checkout is down', 'database is slow', 'nobody can log in'] as const;
const SEVERITIES = ['sev1', 'sev2', 'sev3', 'sev4'] as const;

export const DEEDS: readonly (readonly [weight: number, deed: Deed])[] = [
  [30, say],
  [14, reply],
  [6, edit],
  [3, remove],
  [6, react],
  [2, unreact],
  [2, pin],
  [1, unpin],
  [2, share],
  [6, join],
  [2, invite],
  [5, declare],
  [5, declareByForm],
  [10, inRoom((actor, room) => actor.type(`/incident update ${actor.word()} still looking`, room, YES.update))],
  [4, updateByForm],
  [
    4,
    inRoom((actor, room) =>
      actor.type(`/incident severity ${actor.chance.of(SEVERITIES)} ${actor.word()}`, room, YES.state),
    ),
  ],
  [1, severityByForm],
  [3, inRoom((actor, room) => actor.type(`/incident status identified ${actor.word()}`, room, YES.state))],
  [2, inRoom((actor, room) => actor.type(`/incident mitigated ${actor.word()}`, room, YES.state))],
  [2, inRoom((actor, room) => actor.type(`/incident resolve ${actor.word()}`, room, YES.state))],
  [1, resolveByForm],
  [2, inRoom((actor, room) => actor.type(`/incident reopen ${actor.word()}`, room, YES.state))],
  [1, inRoom((actor, room) => actor.type(`/incident cancel ${actor.word()}`, room, YES.state))],
  [4, inRoom((actor, room) => actor.type('/incident ic', room, YES.role))],
  [5, inRoom(role)],
  [
    3,
    inRoom((actor, room) =>
      actor.type(
        `/incident cadence ${actor.chance.of(['10s', '12s', '20s', `off ${actor.word()}`])}`,
        room,
        YES.cadence,
      ),
    ),
  ],
  [3, inRoom((actor, room) => actor.type(`/incident snooze ${actor.chance.of(['4s', '8s'])}`, room, YES.snooze))],
  [2, inRoom((actor, room) => actor.type(`/incident impact ${actor.word()} carts are empty`, room, YES.corrected))],
  [1, inRoom((actor, room) => actor.type(`/incident title search is slow ${actor.word()}`, room, YES.corrected))],
  [
    1,
    inRoom((actor, room) => actor.type(`/incident link https://graphs.example/${actor.word()} graph`, room, YES.link)),
  ],
  [1, inRoom((actor, room) => actor.type('/incident postmortem', room, YES.draft))],
  [
    2,
    inRoom((actor, room) =>
      actor.type(`/incident ${actor.chance.of(['', 'show', 'list', 'roles', 'help'])}`.trim(), room, null),
    ),
  ],
  [4, inRoom((actor, room) => actor.click("I'm IC", { in: room }))],
  [2, inRoom((actor, room) => actor.click('Mitigated', { in: room }))],
  [1, inRoom((actor, room) => actor.click('Escalate', { in: room, confirm: true }))],
  [3, inRoom((actor, room) => actor.click('Snooze 10 min', { in: room }))],
  // A button as old as its message: in private it is never redrawn.
  [2, (actor) => actor.click('Post update', { in: 'dm' })],
  [1, async (actor) => actor.person.opensHome()],
];

/** The newest incidents draw people; an older one gets its share. */
export function pickRoom(actor: Actor): Channel | undefined {
  const rooms = actor.rooms();
  return actor.chance.of(actor.chance.odds(0.75) ? rooms.slice(-5) : rooms);
}

function inRoom(act: (actor: Actor, room: string) => Promise<unknown>): Deed {
  return async (actor) => {
    const room = pickRoom(actor);
    if (room) await act(actor, room.id);
  };
}

// --- talk -------------------------------------------------------------------------------------------------------------

const TALK = [
  (word: string) => `${word} I see errors since the deploy`,
  (word: string) => `${word} <!channel> & <b>bold</b> @here *stars* \`ticks\``,
  (word: string) => `${word} NUL \u0000 and half a pair \ud83d here`,
  (word: string) => `${word} 🚒🔥 שלום مرحبا`,
  (word: string) => `${word} ${'long '.repeat(700)}`,
] as const;

async function say(actor: Actor, more: { thread?: string; files?: { name: string; content: string }[] } = {}) {
  const room = more.thread ? roomOf(actor, more.thread) : pickRoom(actor);
  if (!room) return;
  const words = actor.chance.weighed([
    [8, 0],
    [1, 1],
    [1, 2],
    [1, 3],
    [0.3, 4],
  ] as const);
  const { ts } = actor.person.says(TALK[words](actor.word()), { in: room.id, ...more });
  actor.own.set(ts, { room: room.id, editedAt: 0 });
}

const roomOf = (actor: Actor, ts: string): Channel | undefined => actor.rooms().find((room) => room.messages.has(ts));

/** Something of the last things said. */
function pickMessage(actor: Actor, which: (message: { subtype?: string; ts: string }) => boolean = () => true) {
  const messages = [...(pickRoom(actor)?.messages.values() ?? [])].filter(
    (message) => message.subtype !== 'tombstone' && !message.extra.system && which(message),
  );
  return actor.chance.of(messages.slice(-25));
}

async function reply(actor: Actor) {
  const parent = pickMessage(actor);
  if (parent) await say(actor, { thread: parent.threadTs ?? parent.ts });
}

async function share(actor: Actor) {
  await say(actor, { files: [{ name: `${actor.word()}.log`, content: 'lines\nof a log\n' }] });
}

/** Not twice in a second: Slack counts edits in whole seconds and would show the first no more. */
async function edit(actor: Actor) {
  const [ts, mine] = actor.chance.of([...actor.own].filter(([, { editedAt }]) => Date.now() - editedAt > 2_500)) ?? [];
  if (!ts || !mine || !roomOf(actor, ts)?.messages.get(ts)) return;
  mine.editedAt = Date.now();
  actor.person.edits({ ts }, `${actor.word()} corrected: it began earlier`);
}

async function remove(actor: Actor) {
  const [ts] = actor.chance.of([...actor.own].slice(-10)) ?? [];
  if (!ts || !roomOf(actor, ts)) return;
  actor.own.delete(ts);
  actor.person.deletes({ ts });
}

async function react(actor: Actor) {
  const message = pickMessage(actor);
  if (message) actor.person.reacts(message, actor.chance.of(['eyes', 'pushpin', '+1']));
}

async function unreact(actor: Actor) {
  const message = pickMessage(actor);
  if (message) actor.person.unreacts(message, 'eyes');
}

async function pin(actor: Actor) {
  const message = pickMessage(actor, ({ ts }) => actor.own.has(ts));
  if (message) actor.person.pins(message);
}

async function unpin(actor: Actor) {
  const room = pickRoom(actor);
  const pinned = room?.pins.find(({ by, ts }) => by !== actor.town.slack.bot.id && room.messages.has(ts));
  if (pinned) actor.person.unpins(pinned);
}

async function join(actor: Actor) {
  const door = actor.chance.of(actor.doors().slice(-6));
  if (door) actor.person.joins(door.id);
}

async function invite(actor: Actor) {
  const room = pickRoom(actor);
  const guest = actor.chance.of(actor.town.slack.people());
  if (room && guest && !room.members.has(guest.id)) actor.person.invites(guest.handle, room.id);
}

// --- the bot ----------------------------------------------------------------------------------------------------------

async function declare(actor: Actor) {
  if (!actor.town.mayDeclare()) return;
  const { chance } = actor;
  const title = chance.odds(0.5) ? chance.of(TITLES) : `payments fail ${actor.word()}`;
  const severity = chance.of(['sev1 ', 'sev2 ', 'sev3 ', 'P1 ', 'critical ', '']);
  await actor.type(`/incident declare ${severity}${title}`, 'general', YES.declare);
}

async function declareByForm(actor: Actor) {
  if (!actor.town.mayDeclare()) return;
  await closeForms(actor);
  await actor.type('/incident declare', 'general', null);
  const form = await actor.form();
  if (!form) return;
  const { chance } = actor;
  const fields = {
    Title: `customer data ${actor.word()}`,
    Severity: chance.of(SEVERITIES).toUpperCase(),
    'What do users feel?': `${actor.word()} is felt`,
    ...(chance.odds(0.5) && { Private: true }),
    ...(chance.odds(0.25) && { Drill: true }),
  };
  await actor.send(form, fields, `declares ${fields.Title} by form`, YES.form);
}

function role(actor: Actor, room: string) {
  const { chance, town } = actor;
  const who = chance.odds(0.2) ? 'none' : `@${chance.of(town.slack.people())?.handle}`;
  return actor.type(`/incident role ${chance.of(['ops', 'comms', 'scribe', 'ic'])} ${who}`, room, YES.role);
}

async function updateByForm(actor: Actor) {
  const form = await formBehind(actor, 'Post update');
  if (!form) return;
  const { chance } = actor;
  await actor.send(
    form,
    {
      'What is happening?': `${actor.word()} by form`,
      ...(chance.odds(0.3) && { Status: chance.of(['investigating', 'identified', 'mitigated']) }),
      ...(chance.odds(0.3) && { Severity: chance.of(SEVERITIES).toUpperCase() }),
    },
    'posts an update by form',
    YES.form,
  );
}

async function severityByForm(actor: Actor) {
  const form = await formBehind(actor, 'Change severity');
  const fields = { Severity: actor.chance.of(SEVERITIES).toUpperCase(), 'Why?': actor.word() };
  if (form) await actor.send(form, fields, 'changes the severity by form', YES.form);
}

async function resolveByForm(actor: Actor) {
  const form = await formBehind(actor, 'Resolve');
  if (form) await actor.send(form, { 'What fixed it?': `${actor.word()} rolled back` }, 'resolves by form', YES.form);
}

async function formBehind(actor: Actor, button: string) {
  const room = pickRoom(actor);
  if (!room) return null;
  await closeForms(actor);
  return (await actor.click(button, { in: room.id })) ? actor.form() : null;
}

async function closeForms(actor: Actor) {
  await actor.person.modals.at(-1)?.close('all');
}
