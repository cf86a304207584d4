import pino from 'pino';
import type { Db, EntryRow } from '../../src/db/tables.ts';
import { type ChannelId, channelId, type IncidentId, type Ts, userId } from '../../src/lib/ids.ts';
import { defaultPolicy } from '../../src/policy.ts';

export const NOW = new Date('2026-09-21T15:00:00.000Z');
export const TS = '1790000200.000600' as Ts;

let count = 0;

/** An incident with a channel of its own. */
export async function givenIncident(
  db: Db,
  more: { status?: 'investigating' | 'closed'; cardTs?: Ts; channelId?: null } = {},
): Promise<{ id: IncidentId; channel: ChannelId }> {
  count += 1;
  const channel = channelId(`C0INC${count}`);
  const { id } = await db
    .insertInto('incidents')
    .values({
      title: 'checkout is down',
      severity: 'SEV2',
      severityChosen: true,
      status: 'investigating',
      visibility: 'public',
      kind: 'real',
      declaredBy: userId('U1'),
      channelName: `inc-20260921-${count}`,
      channelId: channel,
      declaredAt: new Date('2026-09-21T14:00:00.000Z'),
      ...more,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, channel };
}

export const depsOf = (db: Db, deletedMessages: 'blank' | 'keep' = 'blank') => ({
  db,
  now: () => NOW,
  policy: { ...defaultPolicy, deletedMessages },
  log: pino({ level: 'silent' }),
});

export const entriesOf = (db: Db, id: IncidentId): Promise<EntryRow[]> =>
  db.selectFrom('timelineEntries').selectAll().where('incidentId', '=', id).orderBy('id').execute();

export const said = (channel: ChannelId, more: Record<string, unknown> = {}) => ({
  type: 'message',
  channel,
  channel_type: 'channel',
  user: 'U1',
  text: 'hi',
  ts: TS as string,
  ...more,
});

export const edited = (channel: ChannelId, text: string, at = '1790000270.000000') => ({
  type: 'message',
  subtype: 'message_changed',
  hidden: true,
  channel,
  channel_type: 'channel',
  ts: '1790000270.001000',
  message: { type: 'message', user: 'U1', text, ts: TS, edited: { user: 'U1', ts: at } },
});

export const deleted = (channel: ChannelId) => ({
  type: 'message',
  subtype: 'message_deleted',
  hidden: true,
  channel,
  channel_type: 'channel',
  ts: '1790000290.001200',
  deleted_ts: TS,
  previous_message: { user: 'U1', text: 'hi', ts: TS },
});
