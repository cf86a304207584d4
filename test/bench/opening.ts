import { setTimeout as sleep } from 'node:timers/promises';
import { ownDatabase } from './databases.ts';
import type { Ground } from './ground.ts';
import { httpLine } from './load.ts';
import { median, ms } from './numbers.ts';
import { declareCommand } from './payloads.ts';
import { startProcess } from './processes.ts';
import { metOrNot, type Section } from './report.ts';
import { settingOf } from './setting.ts';

/** A call as Slack saw it. */
export interface SeenCall {
  readonly method: string;
  /** What it said, or whom it invited. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const SLACK_TAKES_MS = 100;
const ROUNDS = 5;
const MOST_CALLS = 4;

/** Declared, until whoever declared is in the channel and the card stands in it. */
export async function benchOpening(ground: Ground): Promise<Section> {
  const own = await ownDatabase(ground, 'opening');
  const slack = await startProcess<Ground['slack']>('slack.ts', { link: ground.line.url, afterMs: SLACK_TAKES_MS });
  const given = { apiUrl: slack.ready.apiUrl, database: own.database };
  const bot = await ground.startServer('sitrep.ts', settingOf('opening', 'http', given));
  const line = httpLine(bot.ready.url, 1);
  try {
    const rounds: Opening[] = [];
    // The first meets people and channels nobody knows yet.
    for (let round = 0; round <= ROUNDS; round++) rounds.push(await openOnce(line, slack.ready.origin));
    const [first, ...others] = rounds;
    const usual = others.toSorted((a, b) => a.usableMs - b.usableMs)[Math.floor(others.length / 2)];
    if (!first || !usual) throw new Error('nothing was opened');
    const inRow = Math.max(...rounds.map((one) => one.chain.length));
    return {
      title: 'From /incident declare to a usable channel',
      how: `Usable: whoever declared is invited and the card is posted. Each call to Slack takes ${SLACK_TAKES_MS} ms. Calls in a row: the longest chain of calls of which each began after the one before had ended. Shown is the opening of median length out of ${ROUNDS}; usable after ${ms(median(others.map((one) => one.usableMs)))}, and after ${ms(first.usableMs)} the first time, when nothing is known of people and channels.`,
      columns: ['Call', 'From', 'To', 'In a row'],
      rows: usual.calls.map((call) => [
        call.method === 'response' ? 'response_url' : call.method,
        ms(call.from),
        ms(call.to),
        usual.chain.includes(call) ? `${usual.chain.indexOf(call) + 1}` : '',
      ]),
      notes: [
        `Calls in a row, at most, in ${rounds.length} openings: ${inRow}. Target: ${MOST_CALLS}, ${metOrNot(inRow <= MOST_CALLS)}.`,
      ],
    };
  } finally {
    await line.close();
    await bot.stop();
    await slack.stop();
    await own.drop();
  }
}

interface Opening {
  /** In milliseconds since the command was sent. */
  readonly usableMs: number;
  readonly calls: readonly SeenCall[];
  readonly chain: readonly SeenCall[];
}

let declared = 0;

async function openOnce(line: ReturnType<typeof httpLine>, origin: string): Promise<Opening> {
  declared += 1;
  const began = Date.now();
  await line.command(declareCommand(`checkout ${declared} is down`, `${origin}/response`));
  const seen: SeenCall[] = [];
  for (const until = began + 30_000; Date.now() < until; await sleep(20)) {
    const response = await fetch(`${origin}/calls`);
    seen.push(...((await response.json()) as SeenCall[]));
    const usableAt = usable(seen);
    if (usableAt === null) continue;
    const calls = seen
      .filter((call) => call.from >= began && call.to <= usableAt)
      .map((call) => ({ ...call, from: call.from - began, to: call.to - began }))
      .sort((a, b) => a.from - b.from);
    // What follows must not be taken for the next round's.
    await quiet(origin);
    return { usableMs: usableAt - began, calls, chain: longestChain(calls) };
  }
  throw new Error(`a channel was not usable after 30 s; seen: ${seen.map((call) => call.method).join(', ')}`);
}

function usable(seen: readonly SeenCall[]): number | null {
  const invited = seen.find((call) => call.method === 'conversations.invite' && call.text.includes('U0OLIVIA'));
  const card = seen.find((call) => call.method === 'chat.postMessage' && /^INC-\d+ SEV1: checkout/.test(call.text));
  return invited && card ? Math.max(invited.to, card.to) : null;
}

async function quiet(origin: string): Promise<void> {
  for (let last = Date.now(); Date.now() - last < 1_000; await sleep(50)) {
    const seen = (await (await fetch(`${origin}/calls`)).json()) as SeenCall[];
    if (seen.length > 0) last = Date.now();
  }
}

/** Taking whichever ends first leaves most room for the others. */
function longestChain(calls: readonly SeenCall[]): SeenCall[] {
  const chain: SeenCall[] = [];
  for (const call of calls.toSorted((a, b) => a.to - b.to)) if (call.from >= (chain.at(-1)?.to ?? 0)) chain.push(call);
  return chain;
}
