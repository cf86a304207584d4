import { expect, test } from '@jest/globals';
import { parseConfig, secretsOf } from '../src/config.ts';
import { createLog } from '../src/log.ts';

const SIGNING = '8f742231b10e8888abcd99yyyzzz85a5';
const SECRETS = {
  'a bot token': 'xoxb-12345-67890-AbCdEfGhIj',
  'a user token': 'xoxp-12345-67890-AbCdEfGhIj',
  'a rotated token': 'xoxe.xoxb-1-Mi0yLTEyMzQ1',
  'an app token': 'xapp-1-A012-345-abcdef0123',
  'a response_url': 'https://hooks.slack.com/commands/T012/345/s3cr3tS3cr3t',
  'a GovSlack response_url': 'https://hooks.slack-gov.com/actions/T012/345/s3cr3tS3cr3t',
  'a database address': 'postgres://sitrep:hunter2hunter2@db.example:5432/sitrep',
  'a database address with odd signs': 'postgresql://sitrep:hun/ter2@hunter2@db.example/sitrep',
  'a password in a query': 'postgres:///sitrep?host=/tmp&password=hunter2hunter2&x=1',
  'a socket address': 'wss://wss-primary.slack.com/link/?ticket=s3cr3tS3cr3t&app_id=1',
  'an authorization header': 'Bearer s3cr3tS3cr3t',
};
const GIVEN_AWAY = /AbCdEfGhIj|12345|Mi0yLTEyMzQ1|abcdef0123|s3cr3tS3cr3t|hunter2|hun\/ter2/;

test.each(Object.entries(SECRETS))('%s reaches no log line, wherever it hides', (_, secret) => {
  const { log, lines } = listen();
  log.info(`said ${secret} aloud`);
  log.info({ deep: { er: [{ still: secret }] } }, 'in fields');
  log.child({ bound: secret }).warn('bound to a child');
  log.error({ err: new Error(`refused: ${secret}`, { cause: new Error(secret) }) }, 'in an error');
  log.error({ err: Object.assign(new Error('x'), { data: { body: JSON.stringify({ url: secret }) } }) }, 'in JSON');
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    expect(line).not.toMatch(GIVEN_AWAY);
    expect(() => JSON.parse(line)).not.toThrow();
  }
});

test('what is secret by its name is taken out whatever it looks like', () => {
  const { log, lines } = listen();
  const named = { response_url: 'http://localhost:3000/sandbox/respond/1', signingSecret: SIGNING, token: 'tok' };
  log.info(named, 'named');
  log.info({ responseUrl: 'http://127.0.0.1/r', body: JSON.stringify(JSON.stringify(named)) }, 'in JSON in JSON');
  expect(lines.join()).not.toMatch(/respond|8f742231|tok"|127\.0\.0\.1/);
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

test('the values of the configuration are taken out even where nothing tells them apart', () => {
  const config = parseConfig({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: SIGNING,
    DATABASE_URL: 'postgres://u:p%40ssw0rd%21@db/x',
  });
  if (!config.ok) throw new Error(config.no.join());
  const { log, lines } = listen(secretsOf(config.value));
  log.info(`hmac of ${SIGNING} with p@ssw0rd! and p%40ssw0rd%21`);
  expect(lines.join()).not.toMatch(/8f742231|ssw0rd/);
});

test('what PostgreSQL quotes of its rows in a fault reaches no log line', () => {
  const { log, lines } = listen();
  const data = { detail: 'Failing row contains (payroll leaked)', where: 'payroll', parameters: ['payroll'] };
  const fault = Object.assign(new Error('violates check'), { severity: 'ERROR', code: '23514', ...data });
  log.warn({ err: fault }, 'as a field');
  log.error(fault);
  expect(lines.join()).not.toContain('payroll');
  expect(lines.map((line) => JSON.parse(line).err)).toMatchObject(
    Array(2).fill({ fault: 'Error: violates check', code: '23514' }),
  );
});

test('a line is JSON with a level by name and the time, and what is no secret stays', () => {
  const { log, lines } = listen();
  log.info({ incident: 42, job: 'announce', channel: 'C012' }, 'announced');
  log.debug('below the level');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/Z$/),
      pid: process.pid,
      incident: 42,
      job: 'announce',
      channel: 'C012',
      msg: 'announced',
    },
  ]);
});

function listen(secrets: readonly string[] = []) {
  const lines: string[] = [];
  return { lines, log: createLog('info', { write: (line) => lines.push(line) }, secrets) };
}
