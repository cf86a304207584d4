import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { client } from './client.ts';

let folder = '';
let path = '';
const notes: string[] = [];
const open: Sandbox[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sitrep-memory-'));
  path = join(folder, 'sandbox.bin');
  notes.length = 0;
});
afterEach(async () => {
  for (const slack of open.splice(0)) await slack.close();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<Sandbox> {
  const slack = await startSandbox({
    manifest: 'manifest.yml',
    mode: 'socket',
    memory: path,
    note: (sentence) => notes.push(sentence),
  });
  open.push(slack);
  return slack;
}

test('a workspace comes back with its channels, messages, files, members, tokens and address', async () => {
  const first = await start();
  first.addChannel('inc-1', { private: true, members: ['oncall', 'exec'] });
  const said = first.person('oncall').says('graph', { in: 'inc-1', files: [{ name: 'a.md', content: '# down' }] });
  first.person('exec').pins(said);
  const before = first.channel('inc-1');
  const { url, tokens } = first;
  await first.close();

  const second = await start();
  const after = second.channel('inc-1');
  expect(after).toMatchObject({ id: before.id, isPrivate: true, members: ['oncall', 'exec'] });
  expect(after.posts.map((m) => [m.ts, m.text])).toEqual([[said.ts, 'graph']]);
  expect(after.posts[0]?.files[0]).toMatchObject({ name: 'a.md', content: '# down' });
  expect(after.pins).toHaveLength(1);
  expect(second.tokens).toEqual(tokens);
  expect(second.url).toBe(url);
  expect((await client(second).auth.test()).ok).toBe(true);
  expect(notes).toEqual([]);
});

test('what is made after a restart takes no id and no ts of before', async () => {
  const first = await start();
  const old = first.addChannel('inc-1').id;
  const said = first.person('oncall').says('one', { in: 'general' });
  await first.close();
  const second = await start();
  expect(second.addChannel('inc-2').id).not.toBe(old);
  expect(second.person('oncall').says('two', { in: 'general' }).ts > said.ts).toBe(true);
  expect(new Set(second.channels().map((c) => c.id)).size).toBe(second.channels().length);
});

test('changes are written while it runs, for nobody else to read', async () => {
  const first = await start();
  const fresh = statSync(path).mtimeMs;
  first.person('oncall').says('kept', { in: 'general' });
  await first.until(() => statSync(path).mtimeMs > fresh);
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(readdirSync(folder)).toEqual(['sandbox.bin']);
});

test.each([
  ['damaged', Buffer.from('not a memory')],
  ['of another format', serialize({ format: 0, world: {} })],
  ['without its channels', serialize({ format: 1, world: { team: {} } })],
])('a file that is %s is set aside with one sentence, and a fresh workspace starts', async (_, bytes) => {
  writeFileSync(path, bytes);
  const slack = await start();
  expect(slack.channels().map((c) => c.name)).toEqual(['general', 'incidents']);
  expect(notes).toEqual([expect.stringContaining('a fresh workspace is started')]);
  expect(readdirSync(folder).some((name) => name.endsWith('.set-aside'))).toBe(true);
});

test('when its address was taken by somebody else it starts at another one', async () => {
  const first = await start();
  const { url } = first;
  await first.close();
  const squatter = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  try {
    expect((await start()).url).not.toBe(url);
  } finally {
    squatter.close();
  }
});

test('what the app was told happened has still happened after a kill: the file is written before the answer', async () => {
  const first = await start();
  const slack = client(first);
  const made = await slack.conversations.create({ name: 'inc-1' });
  expect(made.ok).toBe(true);
  // Read while the first one lives, as after a kill: it had no time to close.
  const copy = join(folder, 'copy.bin');
  copyFileSync(path, copy);
  const second = await startSandbox({ manifest: 'manifest.yml', mode: 'socket', port: 0, memory: copy });
  open.push(second);
  expect(second.channel('inc-1').id).toBe(made.channel?.id);
});
