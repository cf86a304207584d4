import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ManifestSchema } from './support/manifest-schema.ts';
import { keysOf, methodsIn, SCOPES_OF_EVENT, SCOPES_OF_METHOD, SUBSCRIPTIONS_OF } from './support/slack-scopes.ts';

const manifest = ManifestSchema.parse(parse(readFileSync('manifest.yml', 'utf8')));
const sources = globSync('src/**/*.ts', { exclude: ['src/sandbox/**'] }).map((path) => readFileSync(path, 'utf8'));
const slices = globSync('src/*/slack.ts', { exclude: ['src/sandbox/**'] }).map((path) => readFileSync(path, 'utf8'));

const methods = sorted(sources.flatMap(methodsIn));
const events = sorted(slices.flatMap((source) => keysOf('events', source)).flatMap((e) => SUBSCRIPTIONS_OF[e] ?? [e]));

test('every method the bot calls has its scopes in the table of this test', () => {
  expect(methods.length).toBeGreaterThan(10);
  expect(methods.filter((method) => SCOPES_OF_METHOD[method] === undefined)).toEqual([]);
});

test('the manifest asks for the scopes of the methods called and events heard, not one more or less', () => {
  const needed = [
    'commands',
    ...methods.flatMap((method) => SCOPES_OF_METHOD[method] ?? []),
    ...manifest.settings.event_subscriptions.bot_events.flatMap((event) => SCOPES_OF_EVENT[event] ?? []),
  ];
  expect(sorted(manifest.oauth_config.scopes.bot)).toEqual(sorted(needed));
});

test('the manifest subscribes to the events the bot listens to, not one more or less', () => {
  expect(sorted(manifest.settings.event_subscriptions.bot_events)).toEqual(events);
  expect(events.filter((event) => SCOPES_OF_EVENT[event] === undefined)).toEqual([]);
});

test('the manifest has the shortcuts the bot answers', () => {
  const answered = slices.flatMap((source) => keysOf('shortcuts', source));
  expect(sorted(manifest.features.shortcuts.map((s) => s.callback_id))).toEqual(sorted(answered));
});

test('people can write to the bot, mentions in commands arrive escaped, and no token expires by itself', () => {
  expect(manifest.features.app_home).toEqual({
    home_tab_enabled: true,
    messages_tab_enabled: true,
    messages_tab_read_only_enabled: false,
  });
  expect(manifest.features.slash_commands).toEqual([
    expect.objectContaining({ command: '/incident', should_escape: true }),
  ]);
  expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, token_rotation_enabled: false });
});

test('a manifest with a misspelt key, a long name or a scope twice is refused', () => {
  const faulty = (change: (copy: typeof manifest) => void) => {
    const copy = structuredClone(manifest);
    change(copy);
    return ManifestSchema.safeParse(copy).success;
  };
  expect(faulty(() => {})).toBe(true);
  expect(faulty((m) => Object.assign(m.settings, { socket_mode: true }))).toBe(false);
  expect(faulty((m) => Object.assign(m.display_information, { name: 'x'.repeat(36) }))).toBe(false);
  expect(faulty((m) => m.oauth_config.scopes.bot.push('commands'))).toBe(false);
  expect(faulty((m) => m.features.shortcuts.splice(0))).toBe(false);
});

test('methods and listeners are found in the ways they can be written', () => {
  expect(methodsIn("call('chat.postMessage', {}); client.users.info({}); 'message.channels'")).toEqual([
    'chat.postMessage',
    'users.info',
  ]);
  const source = 'return {\n events: {\n a: (heard) => f({ b: 1 }),\n async c(heard) {},\n d, // why\n e: x },\n };';
  expect(keysOf('events', source)).toEqual(['a', 'c', 'd', 'e']);
});

function sorted(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}
