import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { testDatabase } from './support/database.ts';
import { build, copiedFromCheckout, instructionsOf } from './support/dockerfile.ts';
import { scratch } from './support/scratch.ts';

const { url } = await testDatabase({ migrated: false });
const instructions = instructionsOf(readFileSync('Dockerfile', 'utf8'));
const folder = mkdtempSync(join(scratch(), 'sitrep-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As in the image: a Node 24 on the PATH, and nothing of this checkout. */
const env: NodeJS.ProcessEnv = {
  PATH: [
    dirname(process.execPath),
    ...(process.env.PATH ?? '').split(delimiter).filter((p) => !p.includes('node_modules')),
  ].join(delimiter),
  HOME: process.env.HOME,
  ...Object.fromEntries(
    Object.entries(process.env).filter(([key]) => /^npm_config_(registry|cache|userconfig)$/i.test(key)),
  ),
  npm_config_prefer_offline: 'true',
};

test('what the image is made of starts in an empty folder against DATABASE_URL, is healthy, and leaves politely', async () => {
  const image = await build(instructions, process.cwd(), folder, env);
  const home = join(image.root, image.workdir);
  expect(
    readdirSync(join(home, 'node_modules')).filter((name) => /^node-(linux|win|darwin)|^@embedded|^jest$/.test(name)),
  ).toEqual([]);
  expect(existsSync(join(home, 'node_modules/.bin/node'))).toBe(false);

  const port = String(await freePort());
  const inside = {
    ...env,
    ...image.env,
    DATABASE_URL: url,
    PORT: port,
    SLACK_BOT_TOKEN: 'xoxb-1-image',
    SLACK_SIGNING_SECRET: 'a signing secret'.replaceAll(' ', '-'),
    // Nothing listens there: Slack being away must not make the container unhealthy.
    SLACK_API_URL: 'http://127.0.0.1:9/api/',
  };
  const [program = '', ...args] = image.cmd;
  const bot = spawn(program, args, { cwd: home, env: inside, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  bot.stdout.on('data', (chunk) => (said += chunk));
  bot.stderr.on('data', (chunk) => (said += chunk));
  const left = once(bot, 'exit');
  try {
    const [check = '', ...how] = image.healthcheck;
    while (!said.includes('"msg":"serving"')) {
      if (bot.exitCode !== null) throw new Error(`the bot left with ${bot.exitCode}:\n${said}`);
      await sleep(50);
    }
    await promisify(execFile)(check, how, { cwd: home, env: inside });
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('Slack')]);
    bot.kill('SIGTERM');
    expect(await left).toEqual([0, null]);
  } finally {
    bot.kill('SIGKILL');
  }
}, 180_000);

test('the image runs as no root, checks its health, and holds no file that could be a secret', () => {
  const last = instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'));
  expect(last).toContainEqual({ word: 'USER', rest: 'node' });
  expect(last.some(({ word }) => word === 'HEALTHCHECK')).toBe(true);
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
  expect(ignored).toContain('*');
  const kept = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(kept.sort()).toEqual([...new Set(copiedFromCheckout(instructions))].sort());
});

test('compose waits for a healthy PostgreSQL 17 and has no password of its own', () => {
  const text = readFileSync('compose.yml', 'utf8');
  const { services, volumes } = parse(text);
  expect(services.bot.depends_on.postgres.condition).toBe('service_healthy');
  expect(services.postgres.image).toBe('postgres:17');
  expect(services.postgres.healthcheck.test).toContain('pg_isready');
  expect(Object.keys(volumes)).toEqual(['postgres']);
  expect(services.postgres.environment.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  expect(services.bot.environment.DATABASE_URL).toMatch(
    /^postgres:\/\/sitrep:\$\{POSTGRES_PASSWORD:\?[^}]+\}@postgres:5432\/sitrep$/,
  );
  expect(readFileSync('.env.example', 'utf8')).toMatch(/^POSTGRES_PASSWORD=$/m);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
