import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { channelId, ts } from '../../src/lib/ids.ts';
import { section } from '../../src/slack/blocks.ts';
import { parseCommand } from '../../src/slack/command.ts';
import { cutMrkdwn, escaped, link, md, mentionsIn, permalink, plainOf } from '../../src/slack/mrkdwn.ts';

describe('foreign text', () => {
  test('does nothing: whatever is put into a message pings nobody and links nowhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (foreign) => {
        const said = md`*${foreign}*`.text;
        expect(said.slice(1, -1)).not.toMatch(/[<>]/);
        expect(plainOf(said.slice(1, -1))).toBe(foreign);
      }),
    );
  });

  test('is cut between entities, never inside one', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (foreign, max) => {
        const cut = cutMrkdwn(escaped(foreign), max).text;
        expect(cut.length).toBeLessThanOrEqual(Math.max(max, 1));
        expect(cut.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
      }),
    );
  });

  test('a placeholder of ours is shown, not linked', () => {
    expect(md`\`/incident reopen <why>\``.text).toBe('`/incident reopen &lt;why&gt;`');
  });

  test('only web addresses become links, and a label cannot end its link', () => {
    expect(link('https://x.example/a?b=1&c=2', 'a|b>').text).toBe('<https://x.example/a?b=1&amp;c=2|a¦b&gt;>');
    expect(link('javascript:alert(1)', 'x').text).toBe('x (javascript:alert(1))');
  });

  test('verbatim blocks carry it, so that names are not linked by Slack either', () => {
    expect(section(md`@here`)).toMatchObject({ text: { verbatim: true } });
  });
});

describe("Slack's text as people read it", () => {
  test.each([
    ['&lt;b&gt; &amp; co', '<b> & co'],
    ['<@U1|olivia> and <@U2>', '@olivia and @U2'],
    ['<https://x.example|docs>', 'docs (https://x.example)'],
    ['<https://x.example>', 'https://x.example'],
    ['<#C1|general> <!channel> <!subteam^S1|@leads>', '#general @channel @leads'],
  ])('%s', (slack, plain) => {
    expect(plainOf(slack)).toBe(plain);
  });

  test('people are taken from escaped mentions, never from display text', () => {
    expect(mentionsIn('ops <@U1|olivia> @casey <@W2> U3')).toEqual(['U1', 'W2']);
  });
});

test('a permalink is built as Slack builds it', () => {
  expect(permalink('https://acme.slack.com/', channelId('C1'), ts('1790000200.000600'))).toBe(
    'https://acme.slack.com/archives/C1/p1790000200000600',
  );
  expect(permalink('https://acme.slack.com', channelId('C1'), ts('2.000001'), ts('1.000001'))).toBe(
    'https://acme.slack.com/archives/C1/p2000001?thread_ts=1.000001&cid=C1',
  );
});

describe('what is typed after /incident', () => {
  test.each([
    ['', { kind: 'bare' }],
    ['  declare   sev1 x ', { kind: 'verb', verb: 'declare', rest: 'sev1 x' }],
    ['SEV sev2', { kind: 'verb', verb: 'severity', rest: 'sev2' }],
    ['resolve\u00a0rolled back', { kind: 'verb', verb: 'resolve', rest: 'rolled back' }],
    ['in INC-42', { kind: 'verb', verb: 'show', rest: 'INC-42' }],
    ['inc-7', { kind: 'verb', verb: 'show', rest: 'inc-7' }],
    ['resovle it', { kind: 'unknown', word: 'resovle', nearest: 'resolve' }],
    ['banana', { kind: 'unknown', word: 'banana', nearest: null }],
  ])('"%s"', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  test('nothing typed breaks it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) =>
        expect(parseCommand(text).kind).toMatch(/bare|verb|unknown/),
      ),
    );
  });
});
