import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { incidentId as incidentIdOf, userId } from '../../src/lib/ids.ts';
import { BLAME_RULES } from '../../src/postmortems/blame-rules.ts';
import { factorClasses, factorsIn } from '../../src/postmortems/factors.ts';
import { KEY_RULES } from '../../src/postmortems/key-entries.ts';
import { markdown } from '../../src/postmortems/markdown.ts';
import { draftMessages } from '../../src/postmortems/message.ts';
import { plainText } from '../../src/postmortems/said.ts';
import { isOutlived, whole } from '../../src/postmortems/work.ts';
import { messageLimits } from '../../src/slack/limits.ts';
import type { IncidentRecord } from '../../src/timeline/record.ts';
import {
  at,
  CASEY,
  clean,
  DANA,
  draftOf,
  ERIN,
  entry,
  facts,
  followUp,
  messy,
  OMAR,
  permalink,
  record,
  says,
} from './given.ts';

const lines = (given: IncidentRecord, heading: string, more = {}) => {
  const { sections } = draftOf(given, facts(more));
  return (sections.find((one) => one.heading === heading)?.body ?? []).map((line) => plainText(line.said));
};
const identified = (time: string, why: string) =>
  entry('status_changed', time, DANA, `investigating → identified: ${why}`, {
    from: 'investigating',
    to: 'identified',
    why,
  });

describe('the cause', () => {
  const timeline = [
    says('14:03', OMAR, 'customers in the EU cannot pay'),
    says('14:05', ERIN, 'the certificate of the payment provider looks expired?'),
    says('14:06', OMAR, 'that certificate again, expired'),
    identified('14:20', 'expired certificate at the payment provider'),
  ];

  test('is told in the words of who called it so, with who first spoke of it', () => {
    const told = lines(record({ timeline }), 'Contributing factors');
    expect(told[0]).toBe(
      'The cause was called identified at 14:20, in the words “expired certificate at the payment provider”.',
    );
    expect(told[1]).toBe(
      'It was first spoken of at 14:05 by Erin: “the certificate of the payment provider looks expired?”',
    );
    expect(lines(record({ timeline }), 'Timeline')).toContain(
      '14:05 Erin: “the certificate of the payment provider looks expired?” (first mention of what was later called the cause)',
    );
  });

  test('is nobody’s finding when one word alone is shared, or when it was said afterwards', () => {
    const late = [
      says('14:03', OMAR, 'certificate?'),
      identified('14:20', 'expired certificate'),
      says('14:30', ERIN, 'the expired certificate'),
    ];
    expect(lines(record({ timeline: late }), 'Timeline').join()).not.toContain('first mention');
  });
});

test('factors that were spoken of are told by class, once each, as spoken of and not as causes', () => {
  const timeline = [
    says('14:03', OMAR, 'the vendor says all is well'),
    says('14:04', ERIN, 'and the disk is full on db-1'),
    says('14:05', ERIN, 'disk is full on db-2 as well'),
  ];
  expect(lines(record({ timeline }), 'Contributing factors').slice(0, 3)).toEqual([
    'Spoken of before it was mitigated (dependency?) at 14:03 by Omar <@U0EVIL>: “the vendor says all is well”',
    'Spoken of before it was mitigated (capacity?) at 14:04 by Erin: “and the disk is full on db-1”',
    expect.stringContaining(`its class in front: ${factorClasses.join(', ')}.`),
  ]);
});

test('factors that people wrote are counted by the class in front of each', () => {
  const section = [
    '- change: a new card client without a timeout',
    '* **Capacity**: the pool held 20 connections',
    '1. conditions – third page of the night',
    '[security] – keys in the image',
    'the vendor was slow',
    '- *unknown, ask Dana*: what else?',
    '- Spoken of before it was mitigated (data?) at 14:03: “x”',
    '',
  ].join('\n');
  expect(factorsIn(section).map((one) => [one.class, one.text])).toEqual([
    ['change', 'a new card client without a timeout'],
    ['capacity', 'the pool held 20 connections'],
    ['conditions of work', 'third page of the night'],
    ['security', 'keys in the image'],
    ['unknown', 'the vendor was slow'],
  ]);
});

test('a silence longer than the cadence stands where it began, shorter ones do not', () => {
  const timeline = [
    says('14:05', DANA, 'a', { key: true }),
    says('14:15', OMAR, 'b'),
    says('14:50', DANA, 'c', { key: true }),
  ];
  const given = record({ clock: { resolvedAt: at('15:00') }, timeline });
  expect(lines(given, 'Timeline')).toEqual([
    'Sat 28 Mar 2026, UTC',
    '14:05 📌 Dana: “a”',
    '14:15 Nobody said or did anything for 35 min, until 14:50.',
    '14:50 📌 Dana: “c”',
  ]);
  expect(lines(given, 'Timeline', { updateEvery: 60 * 60_000 })).toHaveLength(3);
});

test('more people than one can coordinate are told of, by the hour', () => {
  const crowd = Array.from({ length: 9 }, (_, n) => says(`15:0${n}`, `U0CROWD${n}`, 'hi'));
  const given = record({ clock: { resolvedAt: at('15:30') }, timeline: [says('14:05', DANA, 'a'), ...crowd] });
  const { measured } = draftOf(given, facts());
  const hours = measured.find((one) => one.name === 'People writing, by hour');
  expect(hours && plainText(hours.said)).toBe('14:00 1, 15:00 9');
  expect(lines(given, 'What went poorly')).toContain(
    'In the hour from 15:00 9 people wrote; one person can coordinate about 7 (span of control).',
  );
});

test('handoffs and the way from the first idea of a mitigation to its end are measured', () => {
  const { measured } = draftOf(messy, facts());
  const told = Object.fromEntries(measured.map((one) => [one.name, plainText(one.said)]));
  expect(told.Handoffs).toBe('1, at 23:50');
  expect(told['From idea to mitigation']).toBe(
    'a failover first mentioned 22:45, called resolved 00:55: 2 h 10 min later; open again 01:05',
  );
  const link = measured.flatMap((one) => one.said).find((piece) => piece.text === '22:45');
  expect(link?.href).toBe(permalink('22:45'));
});

test('who is deactivated is not sent to be asked while somebody else is there', () => {
  const asked = (gone: string[]) => lines(clean, 'Impact', { gone: new Set(gone) }).join('\n');
  expect(asked([OMAR])).toContain('Requests: unknown, ask Dana:');
  expect(asked([OMAR, DANA])).toContain('Requests: unknown, ask Omar <@U0EVIL> (deactivated):');
});

test('wording of people is noted at the end, that of the channel and of the bot is left alone', () => {
  const given = record({
    incident: { resolution: 'Omar forgot the flag' },
    timeline: [
      says('14:05', ERIN, 'human error!', { key: true }),
      entry('status_changed', '14:10', ERIN, null, { to: 'identified', why: 'human error it was' }),
    ],
  });
  const document = draftOf(given, facts());
  expect(document.wording.map((line) => plainText(line.said))).toEqual([
    expect.stringMatching(/^What fixed it: “forgot”: .* Rather: .*\.$/),
    expect.stringMatching(/^Why it was identified: “human error”: /),
  ]);
  expect(markdown(document)).toMatch(/## Wording\n\nNotes for whoever edits this/);
  expect(JSON.stringify(draftMessages(document))).toContain('*Wording*');
  expect(markdown(draftOf(clean, facts()))).not.toContain('## Wording');
});

test('notes are on the wording that stands: what people replaced is left alone, their own words and perspectives are read', () => {
  const given = record({ incident: { summary: 'Human error', resolution: 'Omar forgot the flag' } });
  const document = draftOf(given, facts());
  const [by, writtenAt, incidentId] = [userId(ERIN), new Date(0), incidentIdOf(1)];
  const none = { dueAt: null, owner: null, owedSince: null, reminded: null, publishedAt: null, publishedBy: null };
  const files = { fileId: null, announcedFileId: null, takenBackAt: null, dueMovedBy: null, dueMovedWhy: null };
  const stored = { incidentId, status: 'draft', markdown: '', revision: 1, draftedAt: writtenAt, drawn: {} } as const;
  const postmortem = { ...none, ...files, ...stored, announced: false, document };
  const reworded = { incidentId, author: by, writtenAt, number: 1, stands: true, drafted: '' };
  const revisions = [
    { ...reworded, section: 'summary', text: 'We should have tested it.', proposed: null, proposedAt: null },
  ];
  const asked = { incidentId, reviewer: by, askedBy: by, askedAt: writtenAt, answeredAt: writtenAt } as const;
  const reviews = [{ ...asked, answer: 'perspective', perspective: 'It was careless.' } as const];
  const notes = whole({ postmortem, revisions, reviews }, { names: new Map(), timezone: 'UTC' })?.wording.map((line) =>
    plainText(line.said).split(': ').slice(0, 2).join(': '),
  );
  expect(notes).toEqual([
    'What fixed it: “forgot”',
    'Summary: “should have tested”',
    `Perspective of ${ERIN}: “careless”`,
  ]);
});

test('who confirmed a postmortem before somebody gave it other words is said to have done so', () => {
  const written = (minute: string) => new Date(at(minute));
  const asked = { incidentId: incidentIdOf(1), askedBy: userId(ERIN), askedAt: written('15:00'), perspective: null };
  const answered = (reviewer: string, minute: string) =>
    ({ ...asked, reviewer: userId(reviewer), answer: 'confirmed', answeredAt: written(minute) }) as const;
  const revision = { incidentId: incidentIdOf(1), section: 'summary', number: 1, author: userId(ERIN), stands: true };
  const words = { text: 'x', drafted: '', proposed: null, proposedAt: null, writtenAt: written('15:20') };
  const work = { revisions: [{ ...revision, ...words }] };
  expect([answered(OMAR, '15:10'), answered(DANA, '15:30')].map((one) => isOutlived(work, one))).toEqual([true, false]);
});

test('five hundred action items are all in the file, thirty in the messages, and their number is said', () => {
  const actionItems = Array.from({ length: 500 }, (_, n) =>
    followUp(`should have done ${n} ${'x'.repeat(200)}`, { owner: CASEY }),
  );
  const document = draftOf(record({ actionItems }), facts());
  expect(markdown(document).match(/^- should have done/gm)).toHaveLength(500);
  const messages = draftMessages(document);
  expect(JSON.stringify(messages).match(/• should have done/g)).toHaveLength(30);
  expect(JSON.stringify(messages)).toContain('… and 471 more lines, all of them in the file.');
  for (const { blocks = [] } of messages) expect(blocks.length).toBeLessThanOrEqual(messageLimits.blocks);
});

test('every rule is named in the documentation', () => {
  const docs = readFileSync('docs/postmortems.md', 'utf8');
  for (const rule of [...Object.keys(KEY_RULES), ...Object.keys(BLAME_RULES), ...factorClasses])
    expect(docs).toContain(`**${rule}**`);
});

test('of what was over when it was declared, no silence is told and nobody is missed who could not be there', () => {
  const over = entry('status_changed', '12:40', DANA, 'investigating → resolved: before it was declared', {
    from: 'investigating',
    to: 'resolved',
  });
  const timeline = [
    over,
    entry('declared', '14:02', DANA, 'INC-42 declared'),
    says('14:05', OMAR, 'I saw it as well'),
    says('17:05', ERIN, 'the graph'),
  ];
  const clock = { impactStartedAt: at('12:00'), mitigatedAt: at('12:40'), resolvedAt: at('12:40'), detectedAt: null };
  const given = record({ clock, timeline });
  const { measured } = draftOf(given, facts());
  const told = Object.fromEntries(measured.map((one) => [one.name, plainText(one.said)]));
  expect(told['Time to detect']).toBe('not known: when it was noticed is not recorded');
  expect(told['Time to resolve']).toBe('40 min from the start of the impact');
  expect(told['Longest silence']).toBe('nobody wrote in the channel');
  expect(lines(given, 'What went poorly')).toEqual([expect.stringContaining('what else made it harder')]);
  const early = record({ clock: { ...clock, detectedAt: at('11:50') }, timeline });
  expect(draftOf(early, facts()).measured.map((one) => plainText(one.said))).toContain(
    'none: it was noticed before users felt it',
  );
});
