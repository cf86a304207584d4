import { type RawBuilder, sql } from 'kysely';
import type { Db, EntryKind, Trx } from '../db/tables.ts';
import type { ChannelId, IncidentId, Ts, UserId } from '../lib/ids.ts';
import { jsonOf, storable } from '../lib/text.ts';
import { FIRST_PAGE } from '../postmortems/drawing.ts';
import { isNotStruck } from '../timeline/rows.ts';
import type { PastEscalation } from './escalate.ts';
import type { Holder, Incident, IncidentChange } from './incident.ts';
import { visibleTo } from './visible.ts';

export function findIncident(db: Db | Trx, id: IncidentId): Promise<Incident | undefined> {
  return db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst();
}

export function findIncidentByChannel(db: Db | Trx, channel: ChannelId): Promise<Incident | undefined> {
  return db.selectFrom('incidents').selectAll().where('channelId', '=', channel).executeTakeFirst();
}

/** Everything that changes an incident takes this lock first, so that two clicks are one after the other. */
export function lockIncident(trx: Trx, id: IncidentId): Promise<Incident | undefined> {
  return trx.selectFrom('incidents').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** The same for many, in the order of their numbers, as everyone who locks several must. */
export function lockIncidents(trx: Trx, ids: readonly IncidentId[]): Promise<Incident[]> {
  return trx.selectFrom('incidents').selectAll().where(oneOf(ids)).orderBy('id').forUpdate().execute();
}

export function findIncidents(db: Db, ids: readonly IncidentId[]): Promise<Incident[]> {
  return db.selectFrom('incidents').selectAll().where(oneOf(ids)).execute();
}

const oneOf = (ids: readonly IncidentId[]) => sql<boolean>`id = any(${ids}::int[])`;

/** Open ones, worst and oldest first is the caller's business; private ones only for those who may see them. */
export function listOpenIncidents(db: Db | Trx, reader: UserId | null): Promise<Incident[]> {
  return db
    .selectFrom('incidents as i')
    .selectAll()
    .where('i.status', 'not in', ['resolved', 'closed', 'canceled'])
    .where(reader === null ? sql<boolean>`i.visibility = 'public'` : visibleTo(reader))
    .orderBy('i.declaredAt')
    .execute();
}

/** Whether Slack has told us that this person is in the incident's channel. */
export async function isMember(db: Db | Trx, id: IncidentId, user: UserId): Promise<boolean> {
  const row = await db
    .selectFrom('channelMembers')
    .select('userId')
    .where('incidentId', '=', id)
    .where('userId', '=', user)
    .executeTakeFirst();
  return row !== undefined;
}

export function holdersOf(db: Db | Trx, id: IncidentId): Promise<Holder[]> {
  return db
    .selectFrom('roleAssignments')
    .select(['role', 'userId', 'fromAt'])
    .where('incidentId', '=', id)
    .where('toAt', 'is', null)
    .orderBy('fromAt')
    .execute();
}

/** The same of many incidents. */
export async function holdersOfAll(trx: Trx, ids: readonly IncidentId[]): Promise<Map<IncidentId, Holder[]>> {
  const rows = await trx
    .selectFrom('roleAssignments')
    .select(['incidentId', 'role', 'userId', 'fromAt'])
    .where(sql<boolean>`incident_id = any(${ids}::int[])`)
    .where('toAt', 'is', null)
    .orderBy('fromAt')
    .execute();
  return Map.groupBy(rows, (row) => row.incidentId);
}

/** The roles a person holds in open incidents. */
export function rolesHeldBy(db: Db, user: UserId): Promise<{ incidentId: IncidentId; role: string }[]> {
  return db
    .selectFrom('roleAssignments')
    .innerJoin('incidents', 'incidents.id', 'roleAssignments.incidentId')
    .select(['roleAssignments.incidentId', 'roleAssignments.role'])
    .where('roleAssignments.userId', '=', user)
    .where('roleAssignments.toAt', 'is', null)
    .where('incidents.status', 'not in', ['resolved', 'closed', 'canceled'])
    .execute();
}

/**
 * For each, the first `wanted` of its names that nobody has or is about to have. Taken until the transaction ends: one
 * who declares the same at the same moment does not wait for our commit but gets the next. Fewer when all are taken.
 */
export async function takeFreeNames(
  trx: Trx,
  asked: readonly { readonly names: readonly string[]; readonly wanted: number }[],
): Promise<string[][]> {
  const json = JSON.stringify(asked.map(({ names, wanted }, place) => ({ place, names, wanted })));
  // No `order by`: a sort would take a lock on every name first. They come out of the array in order.
  const { rows } = await sql<{ place: number; name: string }>`
    select asked.place, free.name from jsonb_to_recordset(${json}::jsonb) as asked(place int, names jsonb, wanted int)
    cross join lateral (
      select name from jsonb_array_elements_text(asked.names) as named(name)
      where case when exists (select from incidents where channel_name = named.name) then false
        else pg_try_advisory_xact_lock(hashtextextended('channel name ' || named.name, 0)) end
      limit asked.wanted
    ) free`.execute(trx);
  return asked.map((_, place) => rows.filter((row) => row.place === place).map((row) => row.name));
}

/** Names already reserved that start like this one. */
export async function reservedNames(trx: Trx, stem: string): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('incidents')
    .select('channelName')
    .where('channelName', 'like', `${stem.replaceAll('_', '\\_')}%`)
    .execute();
  return new Set(rows.map((row) => row.channelName));
}

export type NewIncident = Pick<
  Incident,
  | 'title'
  | 'impact'
  | 'severity'
  | 'severityChosen'
  | 'visibility'
  | 'kind'
  | 'services'
  | 'links'
  | 'declaredBy'
  | 'channelName'
  | 'impactStartedAt'
  | 'declaredAt'
  | 'promiseMadeAt'
  | 'promiseDueAt'
> &
  Partial<Pick<Incident, 'status' | 'detectedAt' | 'mitigatedAt' | 'resolvedAt'>>;

/** In the order of their numbers; without those whose channel name is reserved already. */
export async function insertIncidents(trx: Trx, incidents: readonly NewIncident[]): Promise<Incident[]> {
  const rows = incidents.map((incident) =>
    columnsOf({ status: 'investigating', detectedAt: incident.declaredAt, ...incident }),
  );
  const { rows: made } = await sql<Incident>`
    insert into incidents (title, impact, severity, severity_chosen, status, visibility, kind, services, links,
      declared_by, channel_name, impact_started_at, detected_at, declared_at, mitigated_at, resolved_at,
      promise_made_at, promise_due_at)
    select title, impact, severity, severity_chosen, status, visibility, kind, services, links, declared_by,
      channel_name, impact_started_at, detected_at, declared_at, mitigated_at, resolved_at, promise_made_at, promise_due_at
    from jsonb_populate_recordset(null::incidents, ${jsonOf(rows)}::jsonb)
    on conflict (channel_name) do nothing
    returning *`.execute(trx);
  return made;
}

/** Titles, impacts and reasons come as people typed them, NUL included. */
const storableText = <T extends object>(row: T): T =>
  Object.fromEntries(
    Object.entries(row).map(([field, value]) => [field, typeof value === 'string' ? storable(value) : value]),
  ) as T;

/** The one statement that changes an incident's row. What people decide comes through change.ts; channel, posts and visibility are Slack's facts, noted under the same lock. */
export async function updateIncident(trx: Trx, id: IncidentId, change: IncidentChange): Promise<Incident> {
  const { services, links, ...rest } = change;
  return trx
    .updateTable('incidents')
    .set((set) => ({
      ...storableText(rest),
      ...(services && { services: jsonOf(services) }),
      ...(links && { links: jsonOf(links) }),
      version: set('version', '+', 1),
    }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The same for many whose changes are of the same fields. */
export async function updateIncidents(
  trx: Trx,
  fields: readonly (keyof IncidentChange)[],
  changes: readonly (IncidentChange & { readonly id: IncidentId })[],
): Promise<void> {
  const rows = changes.map(columnsOf);
  const set = fields.map((field) => sql`${sql.ref(field)} = changed.${sql.ref(field)}`);
  await sql`
    update incidents i set ${sql.join(set)}, version = i.version + 1
    from jsonb_populate_recordset(null::incidents, ${jsonOf(rows)}::jsonb) changed
    where i.id = changed.id and i.id = any(${changes.map(({ id }) => id)}::int[])`.execute(trx);
}

/** As `jsonb_populate_recordset` wants it. */
const columnsOf = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([field, value]) => [columnOf(field), value]));

const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export interface AuditLine {
  readonly incidentId: IncidentId | null;
  readonly at: Date;
  readonly actor: string;
  readonly what: string;
  readonly detail: Record<string, unknown>;
}

export async function appendAudit(trx: Trx, line: AuditLine): Promise<void> {
  await auditing([line]).execute(trx);
}

/** The same as part of a statement. */
export const auditing = (lines: readonly AuditLine[]): RawBuilder<unknown> => sql`
  insert into audit (incident_id, at, actor, what, detail)
  select "incidentId", at, actor, what, detail
  from jsonb_to_recordset(${jsonOf(lines)}::jsonb)
    as line("incidentId" int, at timestamptz, actor text, what text, detail jsonb)
  returning id`;

/** Whether the announcement is still to be posted. */
export async function isAnnouncementWaiting(db: Db, id: IncidentId): Promise<boolean> {
  const row = await db
    .selectFrom('jobs')
    .select('id')
    .where('lane', '=', `say:${id}`)
    .where('kind', '=', 'post-announcement')
    .where('parkedAt', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** A post of ours that will be edited later, by what it is for. */
export async function rememberPost(
  db: Db | Trx,
  post: { incidentId: IncidentId; purpose: string; channelId: ChannelId; ts: Ts },
): Promise<void> {
  await db
    .insertInto('posts')
    .values(post)
    .onConflict((conflict) =>
      conflict.columns(['incidentId', 'purpose']).doUpdateSet({ channelId: post.channelId, ts: post.ts }),
    )
    .execute();
}

export function findPost(
  db: Db | Trx,
  id: IncidentId,
  purpose: string,
): Promise<{ channelId: ChannelId; ts: Ts } | undefined> {
  return db
    .selectFrom('posts')
    .select(['channelId', 'ts'])
    .where('incidentId', '=', id)
    .where('purpose', '=', purpose)
    .executeTakeFirst();
}

export async function findKnownChannel(db: Db, name: string): Promise<ChannelId | null> {
  const row = await db.selectFrom('knownChannels').select('channelId').where('name', '=', name).executeTakeFirst();
  return row?.channelId ?? null;
}

export async function rememberChannel(db: Db, name: string, channelId: ChannelId): Promise<void> {
  await db
    .insertInto('knownChannels')
    .values({ name, channelId })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ channelId }))
    .execute();
}

/** Who made the latest entry of this kind and when: what a late click is answered with. */
export function lastEntryOf(
  trx: Trx,
  id: IncidentId,
  kind: EntryKind,
): Promise<{ by: UserId | null; at: Date } | undefined> {
  return trx
    .selectFrom('timelineEntries')
    .select(['actor as by', 'occurredAt as at'])
    .where('incidentId', '=', id)
    .where('kind', '=', kind)
    .where('source', '=', 'sitrep')
    .orderBy('occurredAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .$castTo<{ by: UserId | null; at: Date }>()
    .executeTakeFirst();
}

/** The reason of the last false alarm; null when there was none, and when people struck it out. */
export async function whyCanceled(trx: Trx, id: IncidentId): Promise<string | null> {
  const row = await trx
    .selectFrom('timelineEntries')
    .select([sql<string | null>`payload ->> 'why'`.as('why'), isNotStruck.as('stands')])
    .where('incidentId', '=', id)
    .where('kind', '=', 'status_changed')
    .where(sql<boolean>`payload ->> 'to' = 'canceled'`)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.stands ? row.why : null;
}

/** How the postmortem stands, and where it begins; without its text, which is long. */
export function findPostmortem(trx: Trx, id: IncidentId) {
  return trx
    .selectFrom('postmortems')
    .leftJoin('posts', (join) =>
      join.onRef('posts.incidentId', '=', 'postmortems.incidentId').on('posts.purpose', '=', FIRST_PAGE),
    )
    .select(['postmortems.status', 'owner', 'dueAt', 'publishedAt', 'channelId', 'ts'])
    .where('postmortems.incidentId', '=', id)
    .executeTakeFirst();
}

/** Who was brought in since the incident was opened the last time, and who or what did it. */
export async function escalationsOf(trx: Trx, id: IncidentId): Promise<PastEscalation[]> {
  const reopened = trx
    .selectFrom('timelineEntries')
    .select((select) => select.fn.max('id').as('id'))
    .where('incidentId', '=', id)
    .where('kind', '=', 'status_changed')
    .where(sql<boolean>`payload ->> 'from' in ('resolved', 'closed', 'canceled')`);
  const rows = await trx
    .selectFrom('timelineEntries')
    .select(['actor', 'occurredAt', 'payload'])
    .where('incidentId', '=', id)
    .where('kind', '=', 'escalated')
    .where((where) => where('id', '>', where.fn.coalesce(reopened, where.lit(0))))
    .orderBy('id')
    .execute();
  return rows.map(({ actor, occurredAt, payload }) => ({
    to: Array.isArray(payload.to) ? payload.to.filter((one): one is string => typeof one === 'string') : [],
    how: String(payload.by),
    by: actor as UserId | null,
    at: occurredAt,
  }));
}

/** When the last update was posted; what a moved promise is counted from. */
export async function lastUpdateAt(trx: Trx, id: IncidentId): Promise<Date | null> {
  const row = await trx
    .selectFrom('updates')
    .select('postedAt')
    .where('incidentId', '=', id)
    .orderBy('postedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.postedAt ?? null;
}

/** The channel was archived, renamed or deleted by people: the next use looks for it again. */
export async function forgetChannel(db: Db, name: string): Promise<void> {
  await db.deleteFrom('knownChannels').where('name', '=', name).execute();
}
