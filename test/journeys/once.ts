import { expect } from '@jest/globals';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { TestDatabase } from '../support/database.ts';
import { announcements, channelOf, everywhere } from './steps.ts';

/** These come round again and again. */
const HOUSEKEEPING = ['prune', 'reconcile-all'];

/** Nothing waits that could be done, and nothing was given up. */
export async function allDone(slack: Sandbox, db: TestDatabase['db']): Promise<void> {
  const waiting = () =>
    db
      .selectFrom('jobs')
      .select(['kind', 'lastError', 'parkedAt', 'runAt'])
      .where('kind', 'not in', HOUSEKEEPING)
      .execute();
  const soon = new Date(Date.now() + 60_000);
  const due = async () => (await waiting()).filter((one) => one.parkedAt === null && one.runAt <= soon);
  await slack
    .until(async () => (await due()).length === 0, { timeoutMs: 25_000, what: 'all jobs are done' })
    .catch(async (late: Error) => {
      throw new Error(`${JSON.stringify(await due())}\n${late.message}`);
    });
  expect((await waiting()).filter((one) => one.parkedAt !== null)).toEqual([]);
  await slack.settled();
}

/** Everything that opens an incident happened, and nothing of it twice, as Slack counts it. */
export async function expectOnce(slack: Sandbox, db: TestDatabase['db'], number: number, title: string): Promise<void> {
  const channel = await channelOf({ slack, db }, number);
  const ours = slack.channels().filter((one) => one.name.startsWith('inc-') && one.name.includes(slugOf(title)));
  expect(ours.map((one) => one.id)).toEqual([channel.id]);
  const by = (shown: RegExp) => channel.posts.filter((one) => one.by === slack.bot.handle && shown.test(one.shown));
  const [card, ...cards] = by(/What users fe(el|lt)/);
  expect(cards).toEqual([]);
  expect(channel.pins.map((one) => one.ts)).toEqual([card?.ts]);
  expect(channel.thread(card?.ts ?? '').filter((one) => one.shown.includes('first five minutes'))).toHaveLength(1);
  expect(channel.members).toContain('oncall');
  expect(channel.topic).toContain(`INC-${number} `);
  expect(announcements(slack).filter((one) => one.shown.includes(`*INC-${number} `))).toHaveLength(1);
}

/** No post of the bot carries the mark of another: what has to be done once stands once. */
export function expectNoRepeats(slack: Sandbox): void {
  const marks = everywhere(slack).flatMap(({ metadata }) => (metadata ? [JSON.stringify(metadata)] : []));
  expect(marks.filter((mark, n) => marks.indexOf(mark) !== n)).toEqual([]);
}

const slugOf = (title: string): string => title.replaceAll(' ', '-');
