import { sql } from 'kysely';
import type { Shown } from '../../src/sandbox/readable.ts';
import type { Life } from './life.ts';

/** Everything a life has left, in Slack and in the rows, in words that are the same for every life. */
export async function seen(life: Life): Promise<string[]> {
  const { stage, id } = life;
  const slack = inSlack(life);
  const incident = await stage.db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const { version: _, ...row } = incident;
  const entries = await stage.db
    .selectFrom('timelineEntries')
    .select(['kind', 'text', 'threadTs'])
    .where('incidentId', '=', id)
    .execute();
  const posts = await stage.db.selectFrom('posts').select('purpose').where('incidentId', '=', id).execute();
  const audit = await sql<{ what: string }>`
    select what from audit where incident_id = ${id} or actor in (${life.guest.id}, ${life.friend.id})`.execute(
    stage.db,
  );
  const waiting = await stage.db
    .selectFrom('jobs')
    .select('kind')
    .where(sql<boolean>`payload ->> 'incident' = ${String(id)}`)
    // These two are put back by the round that looks for lost timers, whenever it happens to come by.
    .where('kind', 'not in', ['cadence', 'acknowledge'])
    .execute();
  return [
    ...slack,
    ...Object.entries(row).map(([field, value]) => `row ${field}: ${value === null ? 'null' : told(value)}`),
    ...sorted(entries.map((entry) => `entry ${entry.kind} ${entry.threadTs ? 'in a thread' : ''} ${entry.text}`)),
    ...sorted(posts.map((one) => `post kept as ${one.purpose}`)),
    ...sorted(audit.rows.map((one) => `audit ${one.what}`)),
    ...sorted(waiting.map((one) => `waiting ${one.kind}`)),
  ].map((line) => plain(line, life));
}

function inSlack({ stage: { slack }, ref, word, declarer, friend }: Life): string[] {
  const channel = slack.channels().find((one) => one.name.startsWith(`inc-life-${word}`));
  const named = new RegExp(`${ref}\\b`);
  const announced = slack.channel('incidents');
  return [
    ...(channel
      ? [
          `channel ${channel.name} ${sorted(channel.members).join()} topic ${channel.topic}`,
          ...sorted(channel.messages.filter((one) => !channel.posts.some(({ ts }) => ts === one.ts)).map(own)),
          ...channel.posts.flatMap((one) => [own(one), ...channel.thread(one.ts).map((r) => line('  ', r))]),
          ...channel.pins.map((one) => line('pinned ', one)),
          ...channel.bookmarks.map((one) => `bookmark ${String(one.link)}`),
        ]
      : ['no channel']),
    ...slack
      .channels()
      .filter((one) => one.name.includes(`life-${word}`))
      .map(() => 'a channel of this life'),
    ...announced.posts
      .filter((one) => named.test(one.shown))
      .flatMap((one) => [line('announced ', one), ...announced.thread(one.ts).map((r) => line('  ', r))]),
    ...[declarer, friend].flatMap((person) => person.dms.map((one) => line(`dm ${person.handle} `, one))),
    ...declarer.ephemerals.filter((one) => named.test(one.shown)).map((one) => line('whispered ', one)),
    `home ${declarer.home?.shown.includes(ref) ? 'with it' : 'without it'}`,
    ...declarer.modals.map((one) => `form ${one.title}`),
  ];
}

const line = (where: string, one: Shown): string =>
  `${where}${one.by} ${one.subtype ?? ''} "${one.text}" ${one.shown} pings ${one.pings.join()} files ${one.files.length} ${one.edited ? 'edited' : ''}`;

const own = (one: Shown): string => line('', one);
const told = (value: unknown): string => (value instanceof Date ? 'a time' : JSON.stringify(value));
const sorted = (lines: readonly string[]): string[] => lines.toSorted();

/** What differs between any two lives: who, which one, when. */
function plain(text: string, { ref, word, declarer, friend, guest, stage }: Life): string {
  const channel = stage.slack.channels().find((one) => one.name.startsWith(`inc-life-${word}`));
  const names: [string, string][] = [
    [`declarer${word}`, 'DECLARER'],
    [`friend${word}`, 'FRIEND'],
    [`guest${word}`, 'GUEST'],
    [declarer.id, 'DECLARER'],
    [friend.id, 'FRIEND'],
    [guest.id, 'GUEST'],
    [channel?.id ?? '\u0000', 'CHANNEL'],
    [ref, 'REF'],
    [`inc-life-${word}`, 'NAME'],
    [`Life ${word}`, 'TITLE'],
  ];
  return names
    .reduce((said, [own, common]) => said.replaceAll(own, common), text)
    .replace(/said:[0-9a-f-]{36}/g, 'said:MARKER')
    .replace(/\d+ (h|min|s)( \d+ (min|s))?\b/g, 'a while')
    .replace(/\d+/g, '#');
}
