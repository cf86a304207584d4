import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { command, hearOverHttp, SECRET, signed } from '../slack/hearing.ts';
import { json, LEAK, runs, text } from './given.ts';

const HEARD = { verbs: { list: async () => ({ say: { text: 'listed' } }) } };

/** What comes back, whatever was sent. */
async function knock(origin: string, body: string | Uint8Array, headers: Record<string, string>) {
  const response = await fetch(`${origin}/slack/events`, { method: 'POST', headers, body: body as never });
  return { status: response.status, body: await response.text() };
}

test('without the signature of Slack nothing is heard, whatever the headers say', async () => {
  const { web, seen } = await hearOverHttp(HEARD);
  const visible = fc.string({ unit: fc.constantFrom(...'abcdef0123456789v=.-+ ,;'), maxLength: 80 });
  const headers = fc.record(
    {
      'content-type': fc.constantFrom(
        'application/json',
        'application/x-www-form-urlencoded',
        'text/html',
        'multipart/form-data',
      ),
      'x-slack-signature': fc.oneof(
        visible,
        visible.map((rest) => `v0=${rest}`),
      ),
      'x-slack-request-timestamp': fc.oneof(visible, fc.constant(String(Math.floor(Date.now() / 1_000)))),
      'x-slack-retry-num': visible,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      headers,
      fc.oneof(
        text(),
        json().map((one) => JSON.stringify(one)),
        fc.constant(new URLSearchParams(command('list') as Record<string, string>).toString()),
      ),
      async (given, body) => {
        const { status, body: said } = await knock(web.origin, body, given);
        expect([400, 401, 413]).toContain(status);
        expect(said).not.toMatch(LEAK);
      },
    ),
    runs(200),
  );
  expect(seen).toEqual([]);
  await web.close();
});

test('a signed body that was cut, changed or sent again later is refused; signed nonsense is refused or answered', async () => {
  const { web } = await hearOverHttp(HEARD);
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const whole = new URLSearchParams(command('list') as Record<string, string>).toString();
  const fresh = { ...type, ...signed(whole) };
  expect((await knock(web.origin, whole, fresh)).status).toBe(200);
  for (const cut of [0, 1, 20, whole.length - 1])
    expect((await knock(web.origin, whole.slice(0, cut), fresh)).status).toBe(401);
  const now = Math.floor(Date.now() / 1_000);
  for (const at of [now - 301, now - 86_400, now + 400, 0, -1])
    expect((await knock(web.origin, whole, { ...type, ...signed(whole, at) })).status).toBe(401);
  expect((await knock(web.origin, whole, { ...type, ...signed(whole, now, `${SECRET}x`) })).status).toBe(401);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isJson) => {
      const body = Buffer.from(bytes)
        .toString('latin1')
        .replace(/[^\x20-\x7e]/g, '?');
      const kind = isJson ? { 'content-type': 'application/json' } : type;
      const { status, body: said } = await knock(web.origin, body, { ...kind, ...signed(body) });
      expect([200, 400]).toContain(status);
      expect(said).not.toMatch(LEAK);
    }),
    runs(150),
  );
  const huge = 'x'.repeat(1_000_001);
  expect((await knock(web.origin, huge, { ...type, ...signed(huge) })).status).toBe(413);
  await web.close();
});
