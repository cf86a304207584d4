import { expect, test } from '@jest/globals';
import { type Config, type Env, parseConfig } from '../src/config.ts';

const BOT = 'xoxb-1-bot';
const APP = 'xapp-1-app';
const SIGNING = '8f742231b10e8888abcd99yyyzzz85a5';

test('with nothing set at all the sandbox starts, on this machine only, with the embedded database', () => {
  expect(accepted({})).toEqual({
    slack: { mode: 'sandbox' },
    slackApiUrl: 'https://slack.com/api/',
    databaseUrl: null,
    dataDir: '.data',
    host: '127.0.0.1',
    port: 3000,
    publicUrl: null,
    configFile: null,
    logLevel: 'info',
    production: false,
    notes: [],
  });
});

test('a HOST does not open the sandbox to the network, and the log says so', () => {
  const config = accepted({ HOST: '0.0.0.0' });
  expect(config.host).toBe('127.0.0.1');
  expect(config.notes).toEqual(['HOST is ignored: the sandbox listens on 127.0.0.1 only.']);
});

test('bot and app token make Socket Mode', () => {
  expect(accepted({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP }).slack).toEqual({
    mode: 'socket',
    botToken: BOT,
    appToken: APP,
  });
});

test('bot token and signing secret make HTTP, open to the network unless HOST narrows it', () => {
  const config = accepted({ SLACK_BOT_TOKEN: BOT, SLACK_SIGNING_SECRET: SIGNING });
  expect(config.slack).toEqual({ mode: 'http', botToken: BOT, signingSecret: SIGNING });
  expect(config.host).toBe('0.0.0.0');
});

test('with app token and signing secret both set Socket Mode is used, and the log says so', () => {
  const config = accepted({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP, SLACK_SIGNING_SECRET: SIGNING });
  expect(config.slack.mode).toBe('socket');
  expect(config.notes).toEqual(['SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: using Socket Mode.']);
});

test.each<[string, Env, string[]]>([
  ['only the bot token', { SLACK_BOT_TOKEN: BOT }, ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET']],
  ['only the app token', { SLACK_APP_TOKEN: APP }, ['SLACK_BOT_TOKEN']],
  ['only the signing secret', { SLACK_SIGNING_SECRET: SIGNING }, ['SLACK_BOT_TOKEN']],
  ['everything but the bot token', { SLACK_APP_TOKEN: APP, SLACK_SIGNING_SECRET: SIGNING }, ['SLACK_BOT_TOKEN']],
  ['no token in production', { NODE_ENV: 'production' }, ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']],
  [
    'empty tokens in production',
    { NODE_ENV: 'production', SLACK_BOT_TOKEN: ' ' },
    ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'],
  ],
])('%s: the start is refused, naming what is missing', (_, env, names) => {
  const problems = refused(env);
  expect(problems.map((p) => p.split(' ')[0])).toEqual(names);
  for (const problem of problems) expect(problem).toContain(' is missing');
});

test('a variable that is set to nothing counts as not set', () => {
  expect(accepted({ SLACK_BOT_TOKEN: '', PORT: '', DATABASE_URL: ' ' })).toMatchObject({
    slack: { mode: 'sandbox' },
    port: 3000,
    databaseUrl: null,
  });
});

test('a refusal ends with the next step', () => {
  expect(refused({ SLACK_BOT_TOKEN: BOT })[1]).toBe(
    'SLACK_SIGNING_SECRET is missing: for HTTP instead of Socket Mode copy it from Basic Information → App Credentials.',
  );
});

test('a token in the wrong place is recognised, and its value is not printed', () => {
  const problems = refused({ SLACK_BOT_TOKEN: APP, SLACK_APP_TOKEN: BOT, SLACK_SIGNING_SECRET: 'xoxb-2-secret' });
  expect(problems.map((p) => p.split(':')[0])).toEqual([
    'SLACK_BOT_TOKEN does not begin with xoxb-',
    'SLACK_APP_TOKEN does not begin with xapp-',
    'SLACK_SIGNING_SECRET looks like a token and not like a signing secret',
  ]);
  expect(problems.join()).not.toMatch(/1-bot|1-app|2-secret/);
});

test('every problem comes in one go', () => {
  const problems = refused({
    PORT: '99999',
    LOG_LEVEL: 'loud',
    SLACK_API_URL: 'slack.com',
    PUBLIC_URL: 'x',
    HOST: 'a b',
  });
  expect(problems).toEqual([
    'SLACK_API_URL cannot be read: write it like https://slack.com/api/.',
    'HOST is "a b": write an address to listen on, like 0.0.0.0 or 127.0.0.1.',
    'PORT is "99999": write a port from 0 to 65535, like 3000.',
    'PUBLIC_URL cannot be read: write it like https://sitrep.example.com.',
    'LOG_LEVEL is "loud": write fatal, error, warn, info, debug, trace or silent.',
  ]);
});

test('a faulty database address is refused without repeating its password', () => {
  const [problem] = refused({ DATABASE_URL: 'mysql://me:hunter2@db/sitrep' });
  expect(problem).toBe('DATABASE_URL cannot be read: write it like postgres://user:password@host:5432/sitrep.');
});

test('addresses are brought into one form', () => {
  const config = accepted({
    SLACK_API_URL: 'https://slack-gov.com/api',
    PUBLIC_URL: 'https://sitrep.example/',
    DATABASE_URL: 'postgresql:///sitrep?host=/var/run/postgresql',
    PORT: '0',
  });
  expect(config).toMatchObject({
    slackApiUrl: 'https://slack-gov.com/api/',
    publicUrl: 'https://sitrep.example',
    databaseUrl: 'postgresql:///sitrep?host=/var/run/postgresql',
    port: 0,
  });
});

function accepted(env: Env): Config {
  const result = parseConfig(env);
  if (!result.ok) throw new Error(result.no.join('\n'));
  return result.value;
}

function refused(env: Env): readonly string[] {
  const result = parseConfig(env);
  if (result.ok) throw new Error('accepted');
  return result.no;
}
