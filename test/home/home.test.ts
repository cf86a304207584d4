import { expect, test } from '@jest/globals';
import { home } from '../../src/home/home.ts';
import { channelId, incidentId, type UserId } from '../../src/lib/ids.ts';
import { at, casey, makeIncident, makeTask, olivia, policy } from '../support/given.ts';

const none = { total: 0, overdue: 0, items: [] };
const nobodys = { total: 0, items: [] };
const shown = (facts: Partial<Parameters<typeof home>[0]>, user: UserId = casey) =>
  home(
    { user, open: [], holders: new Map(), tasks: [], drafts: [], items: none, outstanding: nobodys, ...facts },
    policy,
    at('14:20'),
    '2026-01-16',
    'https://acme.slack.com/',
  );

test('who owes the next update can post it from the tab: comms lead, else IC, else whoever declared', () => {
  const incident = makeIncident({ promiseDueAt: at('14:30') });
  const held = (role: string) => new Map([[incident.id, [{ role, userId: casey, fromAt: at('14:00') }]]]);
  const owes = (blocks: unknown) => JSON.stringify(blocks).includes('post-update');
  expect(owes(shown({ open: [incident], holders: held('comms') }))).toBe(true);
  expect(owes(shown({ open: [incident], holders: held('ic') }))).toBe(true);
  expect(owes(shown({ open: [incident], holders: held('ops') }))).toBe(false);
  expect(owes(shown({ open: [incident] }, olivia))).toBe(true);
  expect(owes(shown({ open: [incident], holders: held('ic') }, olivia))).toBe(false);
});

test('**Declare** comes first, and a time that is due stands there with its day', () => {
  const quiet = shown({});
  expect(JSON.stringify(quiet[0])).toContain('Declare');
  const open = [makeIncident({ promiseDueAt: new Date('2026-01-18T09:00:00Z') })];
  expect(JSON.stringify(shown({ open }))).toMatch(/by <!date\^\d+\^\{date_short_pretty\} at \{time\}\|[^>]*> \(<!date/);
});

test('sixty incidents and as many roles, tasks, drafts and postmortems that others owe fit into the tab', () => {
  const many = Array.from({ length: 60 }, (_, n) => n + 1);
  const open = many.map((n) =>
    makeIncident({
      id: incidentId(n),
      title: 'x'.repeat(3_000),
      channelId: channelId(`C${n}`),
      promiseDueAt: at('14:10'),
    }),
  );
  const facts = {
    open,
    holders: new Map(
      open.map(({ id }) => [id, policy.roles.map(({ id: role }) => ({ role, userId: casey, fromAt: at('14:00') }))]),
    ),
    tasks: many.map((n) => makeTask({ id: n, incidentId: incidentId(n), what: 'y'.repeat(500) })),
    drafts: many.map((n) => ({
      id: incidentId(n),
      title: 'z'.repeat(3_000),
      channelId: null,
      status: 'draft' as const,
      publishedAt: null,
      dueAt: at('14:00'),
    })),
  };
  const items = many.slice(0, 5).map((n) => ({
    id: incidentId(n),
    title: 'z'.repeat(3_000),
    channelId: channelId(`C${n}`),
    dueAt: at('14:00'),
    owner: n === 1 ? null : olivia,
    isDrafted: n > 2,
  }));
  const blocks = shown({ ...facts, outstanding: { items, total: 60 } });
  expect(blocks.length).toBeLessThan(100);
  expect(JSON.stringify(blocks).length).toBeLessThan(250_000);
  const said = JSON.stringify(blocks);
  for (const more of ['and 48 more', 'and 50 more', 'and 55 more', 'nobody owns it, not drafted', 'and 20 more'])
    expect(said).toContain(more);
  expect(said).toContain('overdue since');
  // In Home there is no incident's channel: what is left out is named, with a command that works anywhere.
  expect(said).toContain('`/incident tasks in INC-11`, likewise for INC-12');
  expect(said).toContain('`/incident postmortem in INC-6`, likewise for INC-7');
});
