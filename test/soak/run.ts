// npm run soak -- --minutes 10 --seed 7 [--processes 3] [--mode socket|http] [--no-kills] [--logs file]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openFolder, ownGround } from './ground.ts';
import { POLICY_YAML } from './policy.ts';
import { report } from './report.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '7' },
    processes: { type: 'string', default: '3' },
    mode: { type: 'string', default: 'socket' },
    /** Processes then live as long as the storm, and are seen to grow or not. */
    kills: { type: 'boolean', default: true },
    /** Where the processes' log goes for a closer look. */
    logs: { type: 'string' },
  },
  allowNegative: true,
});
const NEVER = Number.POSITIVE_INFINITY;
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const processes = Number(values.processes);
const mode = values.mode === 'http' ? 'http' : 'socket';
if (!(minutes > 0 && minutes <= 600 && Number.isInteger(seed) && processes >= 1 && processes <= 5)) {
  console.error(
    'npm run soak -- --minutes 10 --seed 7 --processes 3 --mode socket|http (up to 600 minutes, 5 processes)',
  );
  process.exit(2);
}

const stopping = new AbortController();
process.on('SIGINT', () => (stopping.signal.aborted ? process.exit(1) : stopping.abort()));
process.on('SIGTERM', () => stopping.abort());

const { folder, policyFile, remove } = await openFolder(POLICY_YAML);
const began = Date.now();
const say = (line: string) => console.log(`${String(Math.round((Date.now() - began) / 1_000)).padStart(5)} s  ${line}`);
let failed = true;
try {
  const ground = await ownGround(folder);
  try {
    const outcome = await soak({
      seed,
      processes,
      mode,
      ground,
      cwd: folder,
      policyFile,
      stormMs: minutes * 60_000,
      rhythm: {
        kill: values.kills ? 1_600 : NEVER,
        stop: values.kills ? 20_000 : NEVER,
        cut: 13_000,
        restart: 55_000,
        slackDown: 45_000,
        call: 900,
        event: 2_500,
        socket: 11_000,
        clock: 7_000,
        late: 4_000,
        channel: 9_000,
      },
      pace: [250, 1_000],
      declareEveryMs: 9_000,
      // Slack's three tries, in a shorter time: what comes too late for them is found again in history.
      retryDelaysMs: [500, 3_000, 9_000],
      rereads: true,
      say,
      signal: stopping.signal,
    });
    if (values.logs) {
      writeFileSync(values.logs, outcome.evidence.logs.join('\n'));
      writeFileSync(`${values.logs}.json`, JSON.stringify({ ...outcome.evidence, logs: [] }));
    }
    console.log(
      `\n${report(outcome, `npm run soak -- --minutes ${minutes} --seed ${seed} --processes ${processes} --mode ${mode}${values.kills ? '' : ' --no-kills'}`)}`,
    );
    failed = outcome.findings.length > 0;
  } finally {
    await ground.close();
  }
} finally {
  await remove();
}
process.exit(failed ? 1 : 0);
