import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createMetrics } from '../../src/web/metrics.ts';
import { type Reason, socketReasons } from '../../src/web/ready.ts';
import { listen, type ServerOptions } from '../../src/web/server.ts';
import { command, event, type Hearing, hearOverHttp, SECRET, signed } from '../slack/hearing.ts';
import { silent } from '../slack/silent.ts';

const opened: { close(graceMs?: number): Promise<void> }[] = [];
afterEach(async () => {
  for (const web of opened.splice(0)) await web.close(100);
});
async function serve(over: Partial<ServerOptions> = {}) {
  const metrics = createMetrics();
  const web = await listen({ host: '127.0.0.1', port: 0, log: silent, metrics, ready: async () => [], ...over });
  opened.push(web);
  return { web, metrics, get: (path: string, init = {}) => fetch(web.origin + path, init) };
}
async function serveSlack(server: Partial<ServerOptions> = {}): Promise<Hearing & { heard: string[] }> {
  const heard: string[] = [];
  const listener = async ({ type }: { type: string }) => void heard.push(type);
  const hearing = await hearOverHttp({ events: { message: listener } }, {}, server);
  opened.push(hearing.web);
  return { ...hearing, heard };
}
const post = (web: { origin: string }, body: string, headers: Record<string, string>) =>
  fetch(`${web.origin}/slack/events`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
const message = JSON.stringify(event({ type: 'message', channel: 'C1', ts: '1.000001' }));
const seconds = () => Math.floor(Date.now() / 1_000);

test('a request signed by Slack is heard', async () => {
  const { web, heard } = await serveSlack();
  expect((await post(web, message, signed(message))).status).toBe(200);
  expect(heard).toEqual(['message']);
});

test.each<[string, () => Record<string, string>]>([
  ['no signature', () => ({})],
  ['a wrong secret', () => signed(message, seconds(), 'another')],
  ['the signature of another body', () => signed(`${message} `)],
  ['a six-minute-old timestamp', () => signed(message, seconds() - 360)],
  ['a timestamp six minutes in the future', () => signed(message, seconds() + 360)],
  ['a timestamp that is no number', () => ({ ...signed(message), 'x-slack-request-timestamp': '1e9' })],
  ['a signature of another length', () => ({ ...signed(message), 'x-slack-signature': 'v0=00' })],
])('%s is 401 and nothing is heard', async (_, headers) => {
  const { web, heard } = await serveSlack();
  expect((await post(web, message, headers())).status).toBe(401);
  expect(heard).toEqual([]);
});

test('a clock that differs by four minutes is forgiven', async () => {
  const { web } = await serveSlack();
  expect((await post(web, message, signed(message, seconds() + 240))).status).toBe(200);
});

test('a body over 1 MB is 413, announced or not', async () => {
  const { web } = await serveSlack();
  const huge = 'x'.repeat(1_000_001);
  expect((await post(web, huge, signed(huge))).status).toBe(413);
  const unannounced = new Blob([huge]).stream();
  const init = { method: 'POST', body: unannounced, duplex: 'half', headers: signed(huge) } as RequestInit;
  expect((await fetch(`${web.origin}/slack/events`, init)).status).toBe(413);
});

test('a body that comes too slowly is 408', async () => {
  const { web } = await serveSlack({ bodyWithinMs: 20 });
  const socket = connect(web.port, '127.0.0.1');
  socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{');
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  socket.destroy();
});

test.each([
  ['no JSON', '{"type"'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no type that Slack has', '{"type":"dance"}'],
  ['an event that is none', '{"type":"event_callback","event":"x"}'],
  ['an event Bolt would stumble over', '{"type":"event_callback","event":{"type":"message","channel":null}}'],
  ['a click without an action', '{"type":"block_actions","user":{"id":"U1"},"trigger_id":"1","actions":[]}'],
])('%s is 400, and the process lives on', async (_, body) => {
  const { web, heard } = await serveSlack();
  expect((await post(web, body, signed(body))).status).toBe(400);
  expect((await post(web, message, signed(message))).status).toBe(200);
  expect(heard).toEqual(['message']);
});

test('the address is verified by echoing the challenge', async () => {
  const { send } = await serveSlack();
  expect(await send({ type: 'url_verification', challenge: 'abc', token: 't' })).toEqual({
    status: 200,
    body: { challenge: 'abc' },
  });
});

test('a probe of the address is answered without a signature, and smuggles nothing in', async () => {
  const { web, heard } = await serveSlack();
  const body = new URLSearchParams({ ssl_check: '1', payload: message }).toString();
  const probe = await post(web, body, { 'content-type': 'application/x-www-form-urlencoded' });
  expect([probe.status, await probe.text(), heard]).toEqual([200, '', []]);
});

test('Slack leaving out events is acknowledged and counted', async () => {
  const metrics = createMetrics();
  const { send } = await serveSlack({ metrics });
  const notice = { type: 'app_rate_limited', team_id: 'T1', minute_rate_limited: 1_790_000_580, api_app_id: 'A1' };
  expect((await send(notice)).status).toBe(200);
  expect(await metrics.render()).toContain('sitrep_app_rate_limited_total 1');
});

test('a form with a charset in its type is read as a form', async () => {
  const { web } = await serveSlack();
  const body = new URLSearchParams(command('help', { command: '/other' })).toString();
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  const answer = await post(web, body, { ...signed(body), 'content-type': type });
  expect(await answer.json()).toMatchObject({ response_type: 'ephemeral' });
});

test('without HTTP delivery there is no address for Slack', async () => {
  const { web } = await serve();
  expect((await post(web, message, signed(message))).status).toBe(404);
});

test('what is not there is 404, what is asked in the wrong way is 405 and says the right one', async () => {
  const { get } = await serve({ slack: { signingSecret: SECRET, handle: () => undefined } });
  expect((await get('/nowhere')).status).toBe(404);
  expect((await get('/__proto__')).status).toBe(404);
  const wrong = await get('/slack/events');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
});

test.each<[Reason['what'], number]>([
  ['database', 503],
  ['migrations', 503],
  ['socket', 503],
  ['slack', 200],
])('a reason of the %s makes readiness %i', async (what, status) => {
  const reasons = [{ what, says: 'Something is wrong.' }];
  const { get } = await serve({ ready: async () => reasons });
  const answer = await get('/readyz');
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ ready: status === 200, reasons });
});

test('a process is alive even when its readiness cannot be found out', async () => {
  const { get } = await serve({ ready: () => Promise.reject(new Error('no')) });
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(503);
});

test('a minute without a socket is down; less, with a reason, is only said', () => {
  const problem = 'invalid_auth';
  expect(socketReasons({ withoutMs: 60_000, problem })).toMatchObject([{ what: 'socket' }]);
  expect(socketReasons({ withoutMs: 59_000, problem })).toMatchObject([{ what: 'slack', says: problem }]);
  expect(socketReasons({ withoutMs: 0, problem: null })).toEqual([]);
});

test('the numbers of the queue are fresh at each scrape, and a failed look at them hides no others', async () => {
  const metrics = createMetrics();
  let depth = 2;
  const { get } = await serve({
    metrics,
    measure: async () => {
      if (depth === 0) throw new Error('no database');
      metrics.jobs([{ kind: 'post', depth, oldestAgeSeconds: 1.5, parked: 1 }]);
    },
  });
  expect(await (await get('/metrics')).text()).toContain('sitrep_jobs_depth{kind="post"} 2');
  depth = 0;
  const stale = await (await get('/metrics')).text();
  expect(stale).toContain('sitrep_jobs_depth{kind="post"} 2');
  expect(stale).toContain('sitrep_measure_failed_total 1');
});

test('what was heard and asked of Slack is counted by kind, method and outcome', async () => {
  const metrics = createMetrics();
  metrics.heard({ kind: 'command', what: 'ic', outcome: 'done', ms: 40 });
  metrics.heard({ kind: 'event', what: 'message', outcome: 'fault', ms: 4, lagMs: 700 });
  metrics.called({ method: 'pins.add', outcome: 'not-done', code: 'ratelimited', ms: 30 });
  metrics.ran({ kind: 'post', latenessMs: 20, outcome: 'again' });
  metrics.reminded(1_500);
  metrics.promises({ kept: 3, late: 2, missed: 1 });
  const page = await metrics.render();
  for (const line of [
    'sitrep_ack_seconds_bucket{le="0.05",kind="command"} 1',
    'sitrep_heard_total{kind="event",outcome="fault"} 1',
    'sitrep_event_lag_seconds_bucket{le="1"} 1',
    'sitrep_slack_calls_total{method="pins.add",outcome="not-done"} 1',
    'sitrep_slack_rate_limited_total{method="pins.add"} 1',
    'sitrep_job_attempts_total{kind="post",outcome="again"} 1',
    'sitrep_reminder_lateness_seconds_bucket{le="2"} 1',
    'sitrep_promises{outcome="missed"} 1',
  ])
    expect(page).toContain(line);
});

test('a stop waits for the answers under way and for nothing more, though connections would be kept', async () => {
  const asked = Promise.withResolvers<void>();
  const reasons = Promise.withResolvers<Reason[]>();
  const { web, get } = await serve({
    ready: () => {
      asked.resolve();
      return reasons.promise;
    },
  });
  const got = get('/readyz');
  await asked.promise;
  const closed = web.close(3_600_000);
  reasons.resolve([]);
  expect((await got).status).toBe(200);
  await closed;
}, 5_000);

test('a port in use is said in one sentence with the next step', async () => {
  const { web } = await serve();
  await expect(serve({ port: web.port })).rejects.toThrow(
    `Port ${web.port} on 127.0.0.1 is in use by another program: stop that one, or set PORT to a free port.`,
  );
});
