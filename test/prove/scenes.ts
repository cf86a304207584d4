import type { Shown } from '../../src/sandbox/readable.ts';
import { type Actor, pause } from '../soak/actor.ts';
import { YES } from '../soak/deeds.ts';
import type { Berth } from '../soak/fleet.ts';
import type { Step } from '../soak/road.ts';
import type { Stage } from '../soak/soak.ts';
import { holding, loseWorkers, until } from './database.ts';

/** One short piece of trouble, always the same; the soak's checker judges what became of it. */
export interface Scene {
  /** How many share the database; two where one has to go on with what another began. */
  readonly processes: 1 | 2;
  readonly play: (stage: Stage) => Promise<void>;
  /** Where lateness is the matter: within this a rung must be climbed. */
  readonly graceMs?: number;
}

export const scenes = {
  'the database does not write': { processes: 1, play: noWrites },
  'everything comes three times': { processes: 1, play: threeTimes },
  'answers of Slack get lost': { processes: 1, play: lostAnswers },
  'nothing goes wrong': { processes: 1, play: allIsWell },
  'a channel is made private': { processes: 1, play: madePrivate },
  'reminders fall due': { processes: 1, play: reminders, graceMs: 3_000 },
  'a process is killed': { processes: 2, play: killed },
  'a process hangs': { processes: 2, play: hangs },
  'a process wakes up': { processes: 2, play: wakesUp },
  'a worker is given up and goes on': { processes: 1, play: goesOn },
  'Slack is slow': { processes: 2, play: slowSlack },
  'an answer is slow': { processes: 2, play: slowAnswer },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;

// --- what is stored -------------------------------------------------------------------------------------------------

/** Longer than a statement may wait: what was begun has failed by then. */
const STALL_MS = 2_200;

async function noWrites(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  const kept = say(actor, room);
  const gone = say(actor, room);
  await stage.rest();
  await holding(stage.ground, 'timeline_entries', async () => {
    say(actor, room);
    actor.person.edits(kept, `${actor.word()} corrected`);
    actor.person.reacts(kept, 'eyes');
    actor.person.deletes(gone);
    await actor.type(`/incident mitigated ${actor.word()}`, room, YES.state);
    await stage.slack.until(() => LAST.every((name) => stage.slack.journal.deliveries(name).length > 0), {
      what: 'the first tries of all events have come to an end',
    });
    await pause(STALL_MS);
  });
  await stage.rest();
  await holding(stage.ground, 'intents', async () => {
    await actor.type(`/incident status identified ${actor.word()}`, room, YES.state);
    await pause(STALL_MS);
  });
}

/** What happens in a stall and never before it. */
const LAST = ['message.message_deleted', 'reaction_added'];

async function threeTimes(stage: Stage): Promise<void> {
  stage.slack.faults.events.duplicate(3, 1_000);
  const { actor, room } = await open(stage);
  await commandAgain(stage);
  const said = say(actor, room);
  actor.person.edits(said, `${actor.word()} corrected`);
  actor.person.reacts(said, 'eyes');
  await actor.type(`/incident update ${actor.word()}`, room, YES.update);
  await commandAgain(stage);
}

/** The last command once more, twice at the same moment. */
async function commandAgain({ slack }: Stage): Promise<void> {
  const last = slack.journal.deliveries('/incident').at(-1);
  if (!last) throw new Error('no command was delivered');
  await Promise.all([1, 2].map(() => slack.delivery.ask('command', last.payload)));
}

// --- what leaves ----------------------------------------------------------------------------------------------------

async function lostAnswers(stage: Stage): Promise<void> {
  const { faults } = stage.slack;
  faults.on('conversations.create', { loseAnswer: true });
  const { actor, room } = await open(stage);
  const word = actor.word();
  faults.on('chat.postMessage', { loseAnswer: true }, { when: (args) => JSON.stringify(args).includes(word) });
  faults.on('files.completeUploadExternal', { loseAnswer: true });
  await actor.type(`/incident update ${word}`, room, YES.update);
  await actor.type('/incident postmortem', room, YES.draft);
}

/** Text that would call everyone, a deletion, a snooze, a forged event; and what is private, with a stranger who asks. */
async function allIsWell(stage: Stage): Promise<void> {
  const { slack, crowd } = stage;
  const { actor, room } = await open(stage, 'sev2 <!channel> is down');
  const said = say(actor, room);
  await actor.type(`/incident update ${actor.word()} <!here> & <!everyone>`, room, YES.update);
  await actor.type('/incident snooze 11s', room, YES.snooze);
  await actor.type('/incident declare', 'general', null);
  const form = await actor.form();
  const secret = { Title: `customer data ${actor.word()}`, Severity: 'SEV3', Private: true };
  if (form) await actor.send(form, secret, 'declares in private', YES.form);
  await slack.until(() => actor.rooms().length === 2, { what: 'the private channel' });
  await stage.rest();
  actor.person.deletes(said);
  const stranger = crowd.speaker(slack.person('exec').id);
  await stranger.type('/incident list', 'general', null);
  await stranger.type('/incident show INC-2', 'general', null);
  await forge(stage, room);
}

/** While an update has yet to be said where everyone reads. */
async function madePrivate(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  const outside = stage.slack.channel('incidents').id;
  const word = actor.word();
  let isTried = false;
  const isIt = (args: object) => {
    isTried = 'channel' in args && args.channel === outside && JSON.stringify(args).includes(word);
    return isTried;
  };
  stage.slack.faults.on('chat.postMessage', { status: 500 }, { when: isIt });
  await actor.type(`/incident update ${word}`, room, YES.update);
  await stage.slack.until(() => isTried, { what: 'the update is said outside' });
  actor.person.makesPrivate(room);
}

/** As Slack would send it, but signed by somebody else. */
async function forge({ slack, fleet }: Stage, room: string): Promise<void> {
  const delivered = slack.journal.deliveries('message').at(-1);
  if (!delivered) throw new Error('no message was delivered');
  const forged = structuredClone(delivered.payload);
  const ts = `${Math.floor(Date.now() / 1_000)}.999999`;
  Object.assign(forged, { event_id: 'Ev0FORGED' });
  Object.assign(forged.event as object, { channel: room, ts, event_ts: ts, text: 'nobody said this' });
  const body = JSON.stringify(forged);
  const { 'x-slack-request-timestamp': at = '' } = slack.http.signed(body);
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': at,
    'x-slack-signature': `v0=${'0'.repeat(64)}`,
  };
  await fetch(`${fleet.berths[0]?.origin()}/slack/events`, { method: 'POST', headers, body });
}

// --- what falls due -------------------------------------------------------------------------------------------------

async function reminders(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  await actor.type('/incident cadence 5s', room, YES.cadence);
  // Nudge, due, half, full.
  await pause(15_500);
}

// --- who does it ----------------------------------------------------------------------------------------------------

async function killed(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  const struck = strikeAtPost(stage, 'during a call', (berth) => void berth.kill());
  await actor.type(`/incident update ${actor.word()}`, room, YES.update);
  await struck;
}

async function hangs(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  const struck = strikeAtPost(stage, 'during a call', (berth) => berth.freeze());
  await actor.type(`/incident update ${actor.word()}`, room, YES.update);
  const berth = await struck;
  stage.afterwards(() => berth.thaw());
}

/** The one that slept finds that it failed, just when another is about to do what it was to do. */
async function wakesUp(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  const { faults } = stage.slack;
  const word = actor.word();
  const isIt = (args: object) => JSON.stringify(args).includes(word);
  const struck = strikeAtPost(stage, 'before a call', (berth) => berth.freeze());
  await actor.type(`/incident update ${word}`, room, YES.update);
  const berth = await struck;
  let isLookedFor = false;
  const lookedFor = () => {
    isLookedFor = true;
    return true;
  };
  faults.on('conversations.history', { delayMs: SLOW_MS }, { when: lookedFor });
  faults.on('chat.postMessage', { delayMs: SLOW_MS }, { when: isIt });
  await stage.slack.until(() => isLookedFor, { timeoutMs: 20_000, what: 'another process looks for the post' });
  berth.thaw();
}

/** Less than a request may take. */
const SLOW_MS = 4_000;

/** While its call is on its way the worker is taken for dead and its job is moved: what it did is not what is wanted now. */
async function goesOn(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  let isDrawing = false;
  const drawing = (args: object) => {
    isDrawing = 'channel' in args && args.channel === room;
    return isDrawing;
  };
  stage.slack.faults.on('chat.update', { delayMs: SLOW_MS }, { when: drawing });
  await actor.type(`/incident severity sev4 ${actor.word()}`, room, YES.state);
  await stage.slack.until(() => isDrawing, { what: 'the card is drawn' });
  await loseWorkers(stage.ground);
  await until(stage.ground, `select from jobs where kind = 'draw-card' and worker is null`);
  await actor.type(`/incident resolve ${actor.word()}`, room, YES.state);
}

/** A post fails, is looked for slowly and repeated slowly; another one waits behind it. */
async function slowSlack(stage: Stage): Promise<void> {
  const { actor, room } = await open(stage);
  const { faults } = stage.slack;
  const word = actor.word();
  const isIt = (args: object) => JSON.stringify(args).includes(word);
  faults.on('chat.postMessage', { status: 500 }, { when: isIt });
  faults.on('chat.postMessage', { delayMs: SLOW_MS }, { when: isIt });
  faults.on('conversations.history', { delayMs: SLOW_MS });
  await actor.type(`/incident update ${word}`, room, YES.update);
  await pause(2_100);
  await actor.type(`/incident update ${actor.word()}`, room, YES.update);
}

/** The link to a new channel is on its way to who declared, and nothing else is to be done. */
async function slowAnswer(stage: Stage): Promise<void> {
  stage.slack.faults.on('response_url', { delayMs: SLOW_MS });
  await open(stage);
}

// --- steps ----------------------------------------------------------------------------------------------------------

async function open(stage: Stage, what = 'sev3 checkout is down'): Promise<{ actor: Actor; room: string }> {
  const { slack, crowd } = stage;
  const actor = crowd.speaker(slack.person('oncall').id);
  await actor.type(`/incident declare ${what} ${actor.word()}`, 'general', YES.declare);
  await slack.until(() => actor.rooms().length > 0, { timeoutMs: 20_000, what: 'the channel of the incident' });
  await stage.rest();
  return { actor, room: actor.rooms()[0]?.id ?? '' };
}

const say = (actor: Actor, room: string): Shown => actor.person.says(`${actor.word()} I see errors`, { in: room });

/** Whichever process is the first to come to it. */
function strikeAtPost({ fleet }: Stage, step: Step, strike: (berth: Berth) => void): Promise<Berth> {
  return new Promise((resolve) => {
    for (const berth of fleet.berths) {
      const struck = () => {
        for (const other of fleet.berths) other.disarm();
        strike(berth);
        resolve(berth);
      };
      berth.arm(step, struck, 'chat.postMessage');
    }
  });
}
