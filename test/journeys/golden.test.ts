import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { incidentId } from '../../src/lib/ids.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { markdown } from '../../src/postmortems/markdown.ts';
import { policyFacts } from '../../src/postmortems/policy-facts.ts';
import { draftPostmortem } from '../../src/postmortems/postmortem.ts';
import { readForDraft, readWork } from '../../src/postmortems/transactions.ts';
import { whole } from '../../src/postmortems/work.ts';
import type { IncidentRecord } from '../../src/timeline/record.ts';
import { STORIES } from './golden-stories.ts';
import { type Stage, setStage } from './stage.ts';
import { everywhere, saying } from './steps.ts';

/** Drafts that were read by eye. They change only by intent: `GOLDEN=write npm test -- test/journeys/golden`, then read them again. */
const FOLDER = 'test/postmortems/golden';
const START = Date.parse('2026-03-27T13:55:00.000Z');

/** At SEV1 there is somebody to call; at the others nobody was written down. */
const CALLED = defaultPolicy.severities.map((one) =>
  one.id === 'SEV1' ? { ...one, escalate: one.escalate.map((rung) => ({ ...rung, to: ['U0EXEC0001'] })) } : one,
);

test('five incidents are drafted as they were when somebody last read the drafts', async () => {
  const stage = await setStage({
    mode: 'socket',
    now: () => new Date(START),
    policy: { timezone: 'Europe/London', services: [], severities: CALLED },
  });
  const drafts: Record<string, string> = {};
  for (const [name, play] of Object.entries(STORIES)) {
    const record = await stage.record(await play(stage));
    expect(record.postmortem?.markdown).toMatch(new RegExp(`^# Postmortem(?: draft)?: ${record.incident.ref} `));
    drafts[name] = steady(await asItStands(stage, record), record.incident.channel.name);
    await stage.pass(60 * 60_000);
    await stage.quiet();
  }
  if (process.env.GOLDEN === 'write') mkdirSync(FOLDER, { recursive: true });
  for (const [name, draft] of Object.entries(drafts)) {
    const path = `${FOLDER}/${name}.md`;
    if (process.env.GOLDEN === 'write') writeFileSync(path, draft);
    expect([name, draft]).toEqual([name, readFileSync(path, 'utf8')]);
  }

  const { slack } = stage;
  expect(JSON.stringify(Object.values(drafts))).not.toMatch(/hunter2|sk-live/);
  const leaks = saying(everywhere(slack), /Customer data leaked|readable by everybody/);
  expect(leaks.length).toBeGreaterThan(0);
  const inside = slack.channels().find((one) => one.isPrivate);
  const own = new Set(
    [...(inside?.messages ?? []), ...(inside?.messages ?? []).flatMap((one) => inside?.thread(one.ts) ?? [])].map(
      (one) => one.ts,
    ),
  );
  expect(leaks.filter((one) => !own.has(one.ts)).map((one) => one.shown)).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
}, 120_000);

/**
 * People's words over what is computed from all that is on record by now: the first draft may come before the post that
 * says that it is over.
 */
async function asItStands(stage: Stage, record: IncidentRecord): Promise<string> {
  const found = await readWork({ db: stage.db }, incidentId(record.incident.number));
  const facts = known(stage, record);
  const digest = await readForDraft(
    { db: stage.db },
    incidentId(record.incident.number),
    stage.slack.url,
    facts.draftedAt,
  );
  if (!found || !digest) throw new Error('it was not drafted');
  const postmortem = { ...found.work.postmortem, document: draftPostmortem(digest, facts) };
  const told = whole({ ...found.work, postmortem }, { names: facts.people, timezone: stage.policy.timezone });
  return told ? markdown(told, postmortem.status === 'published' ? 'published' : 'draft') : '';
}

const known = ({ slack, policy }: Stage, record: IncidentRecord) => ({
  ...policyFacts(record, policy),
  people: new Map(slack.people().map((one) => [one.id, one.handle])),
  draftedAt: slack.now(),
});

/** Links say when instead of which: ids and the last digits of a ts are another with every run. */
const steady = (markdown: string, channel: string): string =>
  markdown
    .replace(/\]\(https?:\/\/[^)]*\/p(\d{10})\d{6}[^)]*\)/g, (_, seconds: string) => {
      return `](at ${new Date(Number(seconds) * 1000).toISOString().slice(11, 19)})`;
    })
    .replaceAll(channel, 'the channel')
    .replace(/from \d+ entries of the record/, 'from the entries of the record');
