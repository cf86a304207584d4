import { expect, test } from '@jest/globals';
import { setStage } from './stage.ts';

const seconds = () => Math.floor(Date.now() / 1_000);

test('only what Slack has signed within five minutes comes in', async () => {
  const { slack, sitrep, db } = await setStage();
  const body = new URLSearchParams({
    command: '/incident',
    text: 'declare sev1 forged',
    trigger_id: 'forged.1',
    user_id: 'U0ONCALL01',
    team_id: 'T0ACME0001',
    channel_id: 'C0GENERAL1',
    response_url: `${slack.url}/hooks/commands/x`,
  }).toString();
  const knock = async (headers: Record<string, string>, sent = body) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${sitrep.origin}/slack/events`, {
      method: 'POST',
      headers: { ...type, ...headers },
      body: sent,
    });
    return [response.status, await response.text()] as const;
  };
  const good = slack.http.signed(body);
  for (const headers of [
    {},
    { ...good, 'x-slack-signature': `v0=${'0'.repeat(64)}` },
    { ...good, 'x-slack-signature': 'v0=short' },
    { 'x-slack-signature': good['x-slack-signature'] ?? '' },
    { ...good, 'x-slack-request-timestamp': 'yesterday' },
    slack.http.signed(body, seconds() - 6 * 60),
    slack.http.signed(body, seconds() + 6 * 60),
    slack.http.signed(`${body}&more=1`),
  ])
    expect(await knock(headers)).toEqual([401, 'The signature is not that of Slack.\n']);
  const junk = '{"type":"something nobody sends"}';
  expect((await knock(slack.http.signed(junk), junk))[0]).toBe(400);
  expect(await db.selectFrom('incidents').select('id').execute()).toEqual([]);

  const [status, answer] = await knock(slack.http.signed(body, seconds() - 4 * 60));
  expect(status).toBe(200);
  expect(answer).toContain('INC-1 declared');
  const metrics = await (await fetch(`${sitrep.origin}/metrics`)).text();
  expect(metrics).toMatch(/refused.*401.*8|401.*\} 8/);
  expect((await fetch(`${sitrep.origin}/healthz`)).status).toBe(200);
});

test.each(['socket', 'http'] as const)(
  'over %s, /readyz says yes when it serves, and what is missing when not',
  async (mode) => {
    const { slack, sitrep } = await setStage({ mode });
    const ready = async () => {
      const response = await fetch(`${sitrep.origin}/readyz`);
      return { status: response.status, body: await response.text() };
    };
    expect(await ready()).toMatchObject({ status: 200 });
    slack.faults.on('auth.test', { error: 'invalid_auth' }, { times: 100 });
    // A fault of Slack is a reason, but pulling every replica would not mend it.
    expect((await ready()).status).toBe(200);
    if (mode === 'socket') expect((await fetch(`${sitrep.origin}/slack/events`, { method: 'POST' })).status).toBe(404);
  },
);
