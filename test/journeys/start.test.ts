import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { testDatabase } from '../support/database.ts';
import { runProcess, setProcessStage } from './process.ts';
import { afterStory } from './stage.ts';

const REFUSED: [string, Record<string, string>, RegExp[]][] = [
  [
    'no token in production',
    { NODE_ENV: 'production' },
    [/SLACK_BOT_TOKEN is missing/, /SLACK_APP_TOKEN \(Socket Mode\) or SLACK_SIGNING_SECRET/],
  ],
  [
    'only the bot token',
    { SLACK_BOT_TOKEN: 'xoxb-secret-1' },
    [/SLACK_APP_TOKEN is missing/, /SLACK_SIGNING_SECRET is missing/],
  ],
  ['only the app token', { SLACK_APP_TOKEN: 'xapp-secret-1' }, [/SLACK_BOT_TOKEN is missing/]],
  [
    'the tokens exchanged',
    { SLACK_BOT_TOKEN: 'xapp-secret-1', SLACK_APP_TOKEN: 'xoxb-secret-1' },
    [/does not begin with xoxb-/, /does not begin with xapp-/],
  ],
];

test(`the start is refused, naming what is missing and no secret: ${REFUSED.map(([what]) => what).join(', ')}`, async () => {
  await Promise.all(
    REFUSED.map(async ([, env, says]) => {
      const child = await runProcess({ DATABASE_URL: 'postgres://127.0.0.1:1/none', ...env });
      expect(await child.ended).toEqual({ code: 1, signal: null });
      expect(child.err()).toContain('Sitrep did not start:');
      for (const sentence of says) expect(child.err()).toMatch(sentence);
      expect(child.out() + child.err()).not.toContain('secret-1');
    }),
  );
});

test('every problem of environment and sitrep.yml is said in one go', async () => {
  const child = await runProcess({
    NODE_ENV: 'production',
    PORT: 'many',
    LOG_LEVEL: 'loud',
    SITREP_CONFIG: 'nowhere.yml',
  });
  expect((await child.ended).code).toBe(1);
  for (const sentence of [
    /SLACK_BOT_TOKEN/,
    /PORT is "many"/,
    /LOG_LEVEL is "loud"/,
    /SITREP_CONFIG names nowhere\.yml/,
  ])
    expect(child.err()).toMatch(sentence);
});

test('with tokens nothing of the sandbox is in the process; without, it is', async () => {
  const real = await coverage();
  const { start } = await setProcessStage({ mode: 'http' });
  const bot = await start({ NODE_V8_COVERAGE: real.folder });
  expect((await bot.kill('SIGTERM')).code).toBe(0);
  const loaded = await real.files();
  expect(loaded).toContain('src/compose.ts');
  expect(loaded.filter((file) => file.includes('sandbox'))).toEqual([]);

  const tried = await coverage();
  const { url } = await testDatabase();
  const child = await runProcess({ DATABASE_URL: url, NODE_V8_COVERAGE: tried.folder });
  const origin = await child.origin;
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect((await fetch(`${origin}/sandbox`)).status).toBe(200);
  expect((await child.kill('SIGTERM')).code).toBe(0);
  expect(child.out()).toMatch(/Open +http:.*\/sandbox/);
  expect(await tried.files()).toContain('src/sandbox/sandbox.ts');
});

test('the bot of the sandbox, whose clock can be moved, leaves with its parent and cannot be run without one', async () => {
  const { url } = await testDatabase();
  const child = await runProcess({ DATABASE_URL: url });
  await child.origin;
  const bot = () => Number(/"pid":(\d+),"origin":"[^"]+","mode":"socket","msg":"serving"/.exec(child.out())?.[1] ?? 0);
  await met(() => bot() > 0);
  expect(lives(bot())).toBe(true);
  expect((await child.kill('SIGKILL')).signal).toBe('SIGKILL');
  await met(() => !lives(bot()));

  const alone = await runProcess({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, 'sandbox-bot.ts');
  expect(await alone.ended).toEqual({ code: 1, signal: null });
  expect(alone.out()).toBe('');
});

async function met(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What V8 says was loaded, told when the process ends. */
async function coverage() {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-loaded-'));
  afterStory(() => rm(folder, { recursive: true, force: true }));
  const files = async () => {
    const reports = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    return reports.flatMap((report) =>
      [...report.matchAll(/"url":"file:[^"]*\/(src\/[^"]+)"/g)].map((match) => match[1] ?? ''),
    );
  };
  return { folder, files };
}
