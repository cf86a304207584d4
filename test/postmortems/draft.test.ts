import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EntryKind } from '../../src/db/tables.ts';
import type { Ts } from '../../src/lib/ids.ts';
import { blameIn } from '../../src/postmortems/blameless.ts';
import { fileText } from '../../src/postmortems/file-text.ts';
import { markdown } from '../../src/postmortems/markdown.ts';
import { draftMessages } from '../../src/postmortems/message.ts';
import { peopleOf } from '../../src/postmortems/people.ts';
import { plainText, type Said } from '../../src/postmortems/said.ts';
import { blockLimits, messageLimits } from '../../src/slack/limits.ts';
import type { IncidentRecord, RecordedEntry } from '../../src/timeline/record.ts';
import {
  at,
  botSays,
  CASEY,
  clean,
  DANA,
  digestOf,
  draftOf,
  ERIN,
  empty,
  entry,
  facts,
  followUp,
  messy,
  OMAR,
  record,
  says,
  update,
} from './given.ts';

const london = facts({
  timezone: 'Europe/London',
  acknowledgeWithin: 15 * 60_000,
  updateEvery: 30 * 60_000,
  draftedAt: new Date(at('1T03:01')),
});
const optional = facts({ owed: 'optional', dueAt: null, draftedAt: new Date(at('15:11')) });

const cases: readonly (readonly [string, IncidentRecord, ReturnType<typeof facts>])[] = [
  ['clean', clean, facts()],
  ['empty', empty, optional],
  ['messy', messy, london],
];

describe.each(cases)('the draft of a %s incident', (_, given, known) => {
  const document = draftOf(given, known);

  test('as a file', () => expect(markdown(document)).toMatchSnapshot());

  test('as messages', () => {
    const shown = draftMessages(document).map(({ text, blocks }) =>
      [text, ...(blocks ?? []).map(seen)].join('\n---\n'),
    );
    expect(shown.join('\n=== next message ===\n')).toMatchSnapshot();
  });

  test('has every section, and says something in each', () => {
    expect(document.sections.map(({ heading }) => heading)).toEqual([
      'Summary',
      'Impact',
      'Timeline',
      'Detection',
      'Contributing factors',
      'Mitigation and resolution',
      'What went well',
      'What went poorly',
      'Where we got lucky',
      'Action items',
      'Lessons learned',
    ]);
    expect(document.sections.filter(({ body }) => body.length === 0)).toEqual([]);
  });

  test('is the same every time', () => {
    expect(draftOf(structuredClone(given), known)).toEqual(document);
  });

  test('uses no word of blame of its own', () => {
    expect(blameIn(markdown(document))).toEqual([]);
  });
});

test('what was deleted is never quoted again, even when the record keeps it', () => {
  const document = draftOf(messy, london);
  expect(JSON.stringify([markdown(document), draftMessages(document)])).not.toMatch(/hunter2|wrong words/);
});

test('an open incident can be drafted too, and says that it is open', () => {
  const open = record({
    incident: { status: 'investigating' },
    clock: { resolvedAt: null },
    timeline: [says('14:05', DANA, 'hm')],
  });
  const [summary] = draftOf(open, facts()).sections;
  expect(summary?.body.map((line) => plainText(line.said)).join(' ')).toContain('It is still open (investigating).');
});

test('a false alarm and a drill are called what they are', () => {
  const drill = draftOf(record({ incident: { status: 'canceled', kind: 'drill' } }), optional);
  expect(markdown(drill)).toContain('It was canceled as a false alarm. It was a drill.');
});

test('a promise that the incident did not wait for is told as not kept, and not as late', () => {
  const told = (next: string, more: Parameters<typeof record>[0] = {}) => {
    const updates = [update('14:10', 'a', { promised: '14:17', next })];
    return markdown(draftOf(record({ clock: { resolvedAt: at('15:02') }, updates, ...more }), facts()));
  };
  expect(told('14:25')).toContain(
    '1 of 2 promised updates was missed (a whole cadence late or more): due 14:25, did not',
  );
  expect(told('14:55')).toContain('1 of 2 promised updates did not come: due 14:55.');
  expect(told('14:55')).toContain('of 2 promises 1 kept, 0 late, 0 missed; 1 not posted');
  const open = { clock: { resolvedAt: null }, incident: { status: 'investigating' as const } };
  expect(told('14:55', open)).toContain('promised updates has not come yet: due 14:55.');
});

test('every statement leads to its evidence, is unknown, or is counted from all of it', () => {
  /** Where each entry that the bot recorded by itself was said in the channel. */
  const posted = (one: RecordedEntry): RecordedEntry[] =>
    one.permalink === null
      ? [one, { ...botSays('00:00', 'said'), occurredAt: one.occurredAt, ts: `bot:${one.occurredAt}` as Ts }]
      : [one];
  const COUNTED = ['Wrote in the channel', 'Links', 'Owner', 'Due', 'Drafted', 'People writing, by hour'];
  const ABSENT =
    /^(?:not known|none|nobody took command|Nobody wrote|Nobody held|No update was posted|In the hour from)\b/;
  const stands = (what: Said): boolean =>
    what.some(({ href, as }) => href !== undefined || as === 'unknown') || ABSENT.test(plainText(what));
  const some = fc.record({
    of: fc.constantFrom(clean, messy),
    gone: fc.subarray(['impactStartedAt', 'detectedAt', 'acknowledgedAt', 'mitigatedAt'] as const),
    kept: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
  });
  fc.assert(
    fc.property(some, ({ of, gone, kept }) => {
      const clock = { ...of.clock, ...Object.fromEntries(gone.map((stamp) => [stamp, null])) };
      const timeline = of.timeline.filter((one, n) => one.kind !== 'message' || kept[n]).flatMap(posted);
      const draft = draftOf({ ...of, clock, timeline, actionItems: [] }, london);
      const facts = [...draft.facts, ...draft.measured].filter(({ name }) => !COUNTED.includes(name));
      const lines = draft.sections.flatMap(({ body }) => body).filter((line) => line.as !== 'day');
      const bare = [...facts, ...lines].filter((one) => !stands(one.said)).map((one) => plainText(one.said));
      expect(bare).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('what was called done and did not hold is told with both its links', () => {
  const [line] =
    draftOf(messy, london)
      .sections.find(({ heading }) => heading.startsWith('Mitigation'))
      ?.body.filter(({ said }) => plainText(said).startsWith('What was tried')) ?? [];
  expect(plainText(line?.said ?? [])).toBe(
    'What was tried without lasting effect: called resolved at 00:55 (“failover done”); open again at 02:05 (“errors are back”)',
  );
});

test('who is to be named is asked for once, people near the incident first', () => {
  const timeline = [
    entry('role_assigned', '14:04', DANA, `Ops lead: ${OMAR}`, { role: 'ops', user: OMAR }),
    says('14:05', ERIN, `<@${CASEY}> <@U0NEW9|label> UPDATE ALL URLS`),
    says('14:06', 'U0ROBOT1', 'beep', { payload: { bot_id: 'B9' } }),
  ];
  expect(peopleOf(digestOf(record({ timeline }), facts().draftedAt))).toEqual([DANA, ERIN, OMAR, CASEY, 'U0NEW9']);
});

test('a timeline too long for messages is shortened in them, state first, and whole in the file', () => {
  const chatter = Array.from({ length: 900 }, (_, n) =>
    entry('update_posted', `14:${String(3 + (n % 50)).padStart(2, '0')}`, CASEY, `update number ${n}.`),
  );
  const document = draftOf(record({ timeline: [...clean.timeline, ...chatter] }), facts());
  const posted = JSON.stringify(draftMessages(document));
  expect(markdown(document).match(/update number/g)).toHaveLength(900);
  expect(posted).toContain('investigating → mitigated');
  expect(posted).toMatch(/… and \d+ more lines, all of them in the file\./);
});

test('a file stays below the size of a Slack snippet: its timeline gives way, least important lines first', () => {
  const chatter = Array.from({ length: 9_000 }, (_, n) =>
    entry('update_posted', `14:${String(3 + (n % 50)).padStart(2, '0')}`, CASEY, `ü ${n} ${'ö'.repeat(80)}.`),
  );
  const document = draftOf(record({ timeline: [...clean.timeline, ...chatter] }), facts());
  const file = fileText(document);
  expect(Buffer.byteLength(markdown(document))).toBeGreaterThan(1_000_000);
  expect(Buffer.byteLength(file)).toBeLessThan(950_000);
  expect(Buffer.byteLength(file)).toBeGreaterThan(900_000);
  expect(file).toContain('mitigated → resolved');
  expect(file).toContain('## Lessons learned');
  const kept = file.match(/ü \d+/g)?.length ?? 0;
  const left = Number(/^(\d+) lines of less weight left out/m.exec(file)?.[1]);
  // Casey’s three own updates, and who took which role, are of least weight as well.
  expect(kept + left).toBeGreaterThanOrEqual(9_000);
  expect(kept + left).toBeLessThanOrEqual(9_010);
});

test('sections too long by themselves are cut at a line that says so', () => {
  const long = { as: 'item' as const, said: [{ text: `a line of text ü ${'x'.repeat(1_000)}` }] };
  const document = draftOf(clean, facts());
  const sections = document.sections.map((one) => ({ ...one, body: Array.from({ length: 200 }, () => long) }));
  const file = fileText({ ...document, sections });
  expect(Buffer.byteLength(file)).toBeLessThan(1_000_000);
  expect(file).toMatch(/\n\*Cut here: /);
  expect(fileText(document)).toBe(markdown(document));
});

describe('whatever people wrote', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '<@U0EVIL1>',
      '<!channel>',
      '<!here|x>',
      '<https://e.example|x>',
      '<script>',
      '```',
      '*a* _b_ ~c~',
      '| a | b |',
      '@channel',
      '![x](http://e.example/x.png)',
      '\u202Etxt',
      '&lt;!channel&gt;',
      '\u0000',
      '<',
      '&',
      '- a',
      '# b',
      '1. c',
    ),
    fc.string({ minLength: 2_000, maxLength: 9_000 }),
  );
  const words = fc.array(hostile, { maxLength: 4 }).map((parts) => parts.join(''));
  const kinds: EntryKind[] = [
    'message',
    'update_posted',
    'note',
    'status_changed',
    'role_assigned',
    'escalated',
    'incident_edited',
    'message_deleted',
    'handoff',
  ];
  const spoken = fc.record({
    kind: fc.constantFrom(...kinds),
    minute: fc.integer({ min: 0, max: 59 }),
    text: words,
    key: fc.boolean(),
  });
  const records = fc
    .record({
      title: words,
      impact: fc.option(words),
      resolution: fc.option(words),
      name: words,
      service: words,
      url: fc.oneof(words, fc.webUrl()),
      spoken: fc.array(spoken, { maxLength: 60 }),
      what: fc.array(words, { maxLength: 60 }),
    })
    .map(({ title, impact, resolution, name, service, url, spoken: all, what }) => ({
      people: new Map([[DANA as string, name]]),
      given: record({
        incident: { title, impact, resolution, services: [service], links: [{ url, name }] },
        clock: { resolvedAt: at('15:10'), mitigatedAt: at('15:00') },
        timeline: all.map(({ kind, minute, text, key }) => ({
          ...says(`14:${String(minute).padStart(2, '0')}`, DANA, text, {
            key,
            payload: { to: 'resolved', from: 'x', why: text },
          }),
          kind,
        })),
        actionItems: what.map((one) => followUp(one)),
      }),
    }));

  test('every message is within Slack’s limits and nothing in it pings', () => {
    fc.assert(
      fc.property(records, ({ given, people }) => {
        for (const { text, blocks = [] } of draftMessages(draftOf(given, facts({ people })))) {
          const texts = blocks.flatMap(textsOf);
          expect(blocks.length).toBeLessThanOrEqual(messageLimits.blocks);
          expect(text.length).toBeLessThanOrEqual(messageLimits.updateText);
          expect(texts.reduce((sum, one) => sum + one.length, 0)).toBeLessThanOrEqual(messageLimits.blocksTextBudget);
          for (const one of texts) expect(one.length).toBeGreaterThan(0);
          for (const one of texts) expect(one.length).toBeLessThanOrEqual(blockLimits.sectionText);
          for (const one of [text, ...texts])
            expect(one.replace(/<https?:\/\/[^\s<>|]+\|[^<>|]*>/g, '')).not.toMatch(/[<>]/);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the file holds no HTML, no picture, no live mention, and no line of its own making', () => {
    const frame = markdown(draftOf(record(), facts()))
      .split('\n')
      .filter((line) => line.startsWith('#'));
    fc.assert(
      fc.property(records, ({ given, people }) => {
        const file = markdown(draftOf(given, facts({ people })));
        expect(file).not.toMatch(/[<>]/);
        expect(file).not.toMatch(/(?<!\\)!\[/);
        // In the address of a link nobody is rung.
        expect(file.replace(/\]\([^)]*\)/g, ']')).not.toMatch(/@\w/);
        expect(
          file
            .split('\n')
            // Letters thrown at random may spell a word of blame.
            .filter((line) => line.startsWith('#') && line !== '## Wording')
            .slice(1),
        ).toEqual(frame.slice(1));
      }),
      { numRuns: 60 },
    );
  });
});

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'text' && typeof part === 'string' ? [part] : textsOf(part),
  );
}

const seen = (block: Record<string, unknown>): string => textsOf(block).join(' ');

test('a title with tags, and a reply with Slack escapes, keep every character', () => {
  const given = record({
    ...clean,
    incident: { ...clean.incident, title: 'a <b> & &lt;c&gt; title' },
    timeline: [...clean.timeline, says('14:20', DANA, 'rolling back &lt;812&gt; &amp; waiting')],
  });
  const document = draftOf(given, facts());
  expect(document.title).toBe('a <b> & &lt;c&gt; title');
  expect(JSON.stringify(document)).not.toContain('&lt;812');
});
