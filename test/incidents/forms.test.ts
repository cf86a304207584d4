import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import pino from 'pino';
import { blank, declareModal } from '../../src/declarations/form.ts';
import type { Deps } from '../../src/deps.ts';
import { type Declaration, declarationOf } from '../../src/incidents/declare.ts';
import { severityModal } from '../../src/incidents/forms.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { incidentListeners } from '../../src/incidents/slack.ts';
import { findIncident } from '../../src/incidents/store.ts';
import { channelOpened, correctIncident } from '../../src/incidents/transactions.ts';
import { channelId, userId } from '../../src/lib/ids.ts';
import type { SlackApi, View } from '../../src/slack/api.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, nobodyAsks, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
const opened: View[] = [];
const slack: Partial<SlackApi> = {
  openView: async (_, view) => {
    opened.push(view);
    return { viewId: 'V1' };
  },
};
const deps: Deps = {
  db,
  policy: { ...policy, services: [{ id: 'checkout', name: 'Checkout', owner: null, runbook: null, invite: [] }] },
  slack: slack as SlackApi,
  ...nobodyAsks,
  now: () => at('14:00'),
  log: pino({ level: 'silent' }),
};
const bot = incidentListeners(deps);

async function declared(over: Partial<Declaration> = {}): Promise<Incident> {
  const declaration = { ...declarationOf('sev1 checkout is down', policy), ...over };
  const { incident } = await declareIncident(deps, { identity: randomUUID(), by: olivia }, declaration, {});
  const channel = { id: channelId(`C0INC${incident.id}`), name: incident.channelName };
  await channelOpened(deps, { kind: 'open-channel', incident: incident.id }, channel);
  return now(incident);
}

const now = async ({ id }: Pick<Incident, 'id'>): Promise<Incident> => {
  const incident = await findIncident(db, id);
  if (!incident) throw new Error('it exists');
  return incident;
};

const asking = (by = olivia) => ({
  user: by,
  team: null,
  intent: randomUUID(),
  triggerId: 'trigger',
  responseUrl: null,
});

/** The form of `/incident edit` or `/incident resolve`, as it stands on the screen when nobody touched it. */
async function form(verb: 'edit' | 'resolve', incident: Incident) {
  await bot.verbs?.[verb]?.({ ...asking(), rest: '', words: verb, channel: channelId(`C0INC${incident.id}`) });
  const view = opened.pop() as View & { blocks: Record<string, never>[] };
  const values = Object.fromEntries(
    view.blocks.map(({ block_id: name, element }: Record<string, unknown>) => [
      String(name),
      { [String(name)]: stateOf(element as Record<string, unknown>) },
    ]),
  );
  return { view, values };
}

function stateOf(element: Record<string, unknown>): Record<string, unknown> {
  switch (element.type) {
    case 'multi_static_select':
      return { selected_options: element.initial_options ?? [] };
    case 'datetimepicker':
      return { selected_date_time: element.initial_date_time ?? null };
    default:
      return { value: element.initial_value ?? null };
  }
}

async function send({ view, values }: Awaited<ReturnType<typeof form>>, typed: Record<string, string | null>) {
  const filled = Object.entries(typed).map(([name, value]) => [name, { [name]: { value } }]);
  return bot.forms?.[String(view.callback_id)]?.({
    ...asking(),
    callback: String(view.callback_id),
    viewId: 'V1',
    privateMetadata: String(view.private_metadata),
    values: { ...values, ...Object.fromEntries(filled) },
  });
}

const entriesOf = async ({ id }: Incident) =>
  (
    await db.selectFrom('timelineEntries').select(['kind', 'text']).where('incidentId', '=', id).orderBy('id').execute()
  ).map(({ kind, text }) => `${kind}: ${text}`);

const LONG = 'x '.repeat(2_500);

test('a form that stood open does not turn back what others corrected meanwhile', async () => {
  const incident = await declared({ startedAt: at('13:00') });
  const open = await form('edit', incident);
  const theirs = { title: 'search is down', services: ['checkout'], impactStartedAt: at('13:30') };
  await correctIncident(deps, incident.id, { identity: randomUUID(), by: casey }, casey, theirs);
  await send(open, { impact: 'nobody finds anything' });
  expect(await now(incident)).toMatchObject({ ...theirs, impact: 'nobody finds anything' });
});

test('a form tells apart what was changed in it and what it only showed in part', async () => {
  const incident = await declared({ impact: LONG });
  await send(await form('edit', incident), { title: 'checkout is slow' });
  expect(await now(incident)).toMatchObject({ title: 'checkout is slow', impact: LONG });
  await send(await form('edit', incident), { impact: null });
  expect(await now(incident)).toMatchObject({ impact: null });
});

test('resolving by form leaves the impact whole, and as others corrected it meanwhile', async () => {
  const long = await declared({ impact: LONG });
  await send(await form('resolve', long), { fixed: 'rolled back' });
  expect(await now(long)).toMatchObject({ status: 'resolved', resolution: 'rolled back', impact: LONG });

  const corrected = await declared({ impact: 'all users' });
  const open = await form('resolve', corrected);
  await correctIncident(deps, corrected.id, { identity: randomUUID(), by: casey }, casey, { impact: '3 of 900' });
  await send(open, { fixed: 'rolled back' });
  expect(await now(corrected)).toMatchObject({ status: 'resolved', impact: '3 of 900' });
});

test('an impact changed while resolving stands in the record as a correction', async () => {
  const incident = await declared({ impact: 'all users' });
  await send(await form('resolve', incident), { fixed: 'rolled back', impact: '3 of 900 users' });
  expect(await now(incident)).toMatchObject({ status: 'resolved', impact: '3 of 900 users' });
  expect((await entriesOf(incident)).slice(-2)).toEqual([
    'incident_edited: what users feel: 3 of 900 users',
    'status_changed: investigating → resolved: rolled back',
  ]);
});

test('a form of an incident that who sends it cannot see changes nothing', async () => {
  const incident = await declared({ visibility: 'private' });
  const open = await form('edit', incident);
  const answer = await bot.forms?.edit?.({
    ...asking(userId('U0ELSE')),
    callback: 'edit',
    viewId: 'V1',
    privateMetadata: String(open.view.private_metadata),
    values: { ...open.values, title: { title: { value: 'mine' } } },
  });
  expect(answer).toMatchObject({ errors: { title: expect.stringContaining('no longer in it') } });
  expect(await now(incident)).toMatchObject({ title: incident.title });
});

test('the criteria of every severity stand whole below the choice, however long, in both forms that ask for it', async () => {
  const long = `${'Customers of one region cannot log in. '.repeat(7)}The end.`;
  const severities = policy.severities.map((one) => ({ ...one, criteria: `${one.id}: ${long}` }));
  const given = { ...policy, severities };
  for (const form of [severityModal(await declared(), given), declareModal(given, blank)]) {
    const below = JSON.stringify(form.blocks.filter(({ type }) => type === 'context'));
    for (const { criteria } of severities) expect(below).toContain(criteria);
  }
});
