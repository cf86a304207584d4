import { describe, expect, test } from '@jest/globals';
import { channelDay, channelStem, freeName, nameAfter } from '../../src/incidents/channel-name.ts';
import { leadingContacts } from '../../src/incidents/contacts.ts';
import { declarationOf, invitees, unknownCode } from '../../src/incidents/declare.ts';
import { severityIn } from '../../src/incidents/severity.ts';
import { trailingRef } from '../../src/incidents/target.ts';
import { topic } from '../../src/incidents/topic.ts';
import { casey, makeIncident, olivia, policy } from '../support/given.ts';

describe('what is typed after declare', () => {
  test.each([
    ['sev1 checkout is down', 'SEV1', 'checkout is down', null],
    ['P1 checkout is slow', 'SEV2', 'checkout is slow', null],
    ['SEV4 typo', 'SEV4', 'typo', null],
    ['critical checkout failure', 'SEV1', 'critical checkout failure', 'critical'],
    ['checkout is down', 'SEV3', 'checkout is down', null],
    ['sev9 is no severity', 'SEV3', 'sev9 is no severity', null],
    ['sev1', 'SEV1', '', null],
    ['SEV-1 checkout is down', 'SEV1', 'checkout is down', null],
    ['sev 2: search is slow', 'SEV2', ': search is slow', null],
    ['p 2 is no code', 'SEV3', 'p 2 is no code', null],
    ['several things are down', 'SEV3', 'several things are down', null],
  ])('"%s" is %s with the title "%s"', (text, severity, title, fromWord) => {
    expect(declarationOf(text, policy)).toMatchObject({ severity, title, fromWord });
  });

  test.each([
    ['drill sev1 search is slow', 'drill', 'public', 'SEV1', 'search is slow'],
    ['Private SEV2 search is slow', 'real', 'private', 'SEV2', 'search is slow'],
    ['private drill sev 2 search is slow', 'drill', 'private', 'SEV2', 'search is slow'],
    ['drill, private p0 search is slow', 'drill', 'private', 'SEV1', 'search is slow'],
    ['drill: search is slow', 'drill', 'public', 'SEV3', 'search is slow'],
    ['sev1 private: keys leaked', 'real', 'private', 'SEV1', 'keys leaked'],
    ['drill sev1 private: keys leaked', 'drill', 'private', 'SEV1', 'keys leaked'],
    ['drill: critical alarms', 'drill', 'public', 'SEV1', 'critical alarms'],
    ['private', 'real', 'private', 'SEV3', ''],
    ['drill sev1', 'drill', 'public', 'SEV1', ''],
    ['sev2 drill', 'drill', 'public', 'SEV2', ''],
    ['private API is down', 'real', 'public', 'SEV3', 'private API is down'],
    ['Private: API is down', 'real', 'private', 'SEV3', 'API is down'],
    ['sev1 private API is down', 'real', 'public', 'SEV1', 'private API is down'],
    ['drill: private API is down', 'drill', 'public', 'SEV3', 'private API is down'],
    ['private drill is broken', 'real', 'public', 'SEV3', 'private drill is broken'],
    ['private high latency', 'real', 'public', 'SEV3', 'private high latency'],
    ['drills sev1 are late', 'real', 'public', 'SEV3', 'drills sev1 are late'],
    ['search drill sev1', 'real', 'public', 'SEV3', 'search drill sev1'],
  ])('"%s" is %s, %s and %s with the title "%s"', (text, kind, visibility, severity, title) => {
    expect(declarationOf(text, policy)).toMatchObject({ kind, visibility, severity, title });
  });

  test.each([
    ['drill sev7 foo', 'sev7'],
    ['private: p9 foo', 'p9'],
    ['sev7 foo', 'sev7'],
    ['P9 foo', 'p9'],
    ['sev1 foo', null],
    ['p95 latency doubled', null],
    ['checkout', null],
  ])('"%s" slipped to the code %s', (text, code) => {
    expect(unknownCode(text, policy)).toBe(code);
  });

  test.each([
    ['2 failover holds', 'SEV2', 'failover holds'],
    ['sev 2', 'SEV2', ''],
    ['sev-1', 'SEV1', ''],
    ['high it spreads', 'SEV2', 'it spreads'],
    ['P0', 'SEV1', ''],
  ])('"/incident severity %s" means %s', (text, id, rest) => {
    expect(severityIn(policy, text)).toMatchObject({ ok: true, value: { severity: { id }, rest } });
  });

  test('a severity nobody chose is known as one', () => {
    expect(declarationOf('checkout is down', policy).severityChosen).toBe(false);
    expect(declarationOf('sev3 checkout is down', policy).severityChosen).toBe(true);
  });

  test('NUL and half a surrogate pair are replaced visibly, 40,000 characters are kept', () => {
    expect(declarationOf('a\u0000b\ud800', policy).title).toBe('a\uFFFDb\uFFFD');
    expect(declarationOf('x'.repeat(40_000), policy).title).toHaveLength(40_000);
  });
});

describe('the name of a channel', () => {
  test.each([
    ['Checkout is down!', [], 'inc-20261120-checkout-is-down'],
    ['Ünïcode & <b>tags</b>', [], 'inc-20261120-unicode-b-tags-b'],
    ['anything', ['payments'], 'inc-20261120-payments'],
    ['<!channel>', [], 'inc-20261120-channel'],
  ])('"%s" with %j is called %s', (title, services, name) => {
    expect(channelStem(title, services, '20261120')).toBe(name);
  });

  test.each(['🔥🔥🔥', 'עברית', '…', ''])(
    'a title without a usable letter (%s) leaves the name to the number',
    (title) => {
      expect(channelStem(title, [], '20261120')).toBeNull();
    },
  );

  test('a name has at most 80 characters, its suffix included', () => {
    const stem = channelStem('a'.repeat(500), [], '20261120') ?? '';
    expect(stem).toHaveLength(80);
    expect(freeName(stem, new Set([stem]))).toMatch(/^.{78}-2$/);
  });

  test('a taken name gets -2, then -3', () => {
    expect(freeName('inc-1-x', new Set(['inc-1-x', 'inc-1-x-2']))).toBe('inc-1-x-3');
  });

  test('after a refused name the next is further on, never one that was refused before', () => {
    expect(nameAfter('inc-1-x', 'inc-1-x', new Set(['inc-1-x']))).toBe('inc-1-x-2');
    expect(nameAfter('inc-1-x-2', 'inc-1-x', new Set(['inc-1-x-2', 'inc-1-x-3']))).toBe('inc-1-x-4');
    expect(nameAfter('inc-1-status-404', 'inc-1-status-404', new Set())).toBe('inc-1-status-404-2');
    expect(nameAfter('inc-1-x', 'inc-1-corrected', new Set())).toBe('inc-1-x-2');
  });

  test('the day is the one of the policy, not of UTC', () => {
    expect(channelDay(new Date('2026-11-20T20:00:00Z'), 'Asia/Tokyo')).toBe('20261121');
  });
});

describe('words around an incident', () => {
  test('a command may end with the incident it is about', () => {
    expect(trailingRef('rolled back in INC-42')).toEqual({ ref: 42, rest: 'rolled back' });
    expect(trailingRef('in inc-7')).toEqual({ ref: 7, rest: '' });
    expect(trailingRef('the bug in INC-42 is back')).toBeNull();
  });

  test.each([
    ['@leads', '@leads'],
    ['S0LEADS', 'S0LEADS'],
    ['@others', 'S0LEADS'],
  ])('where the policy calls %s, a typed group is called %s', (written, called) => {
    for (const label of ['', '|@leads', '|leads'].slice(called === '@leads' ? 1 : 0))
      expect(leadingContacts(`<!subteam^S0LEADS${label}> now`, new Set([written])).to).toEqual([called]);
  });

  test('those who are to be brought in stand first, the reason follows', () => {
    expect(leadingContacts('<@U0ERIN|erin> <!subteam^S0LEADS|@leads> revenue is stopped', new Set())).toEqual({
      to: ['U0ERIN', 'S0LEADS'],
      rest: 'revenue is stopped',
    });
    expect(leadingContacts('@engineering-leads now', new Set())).toEqual({ to: ['@engineering-leads'], rest: 'now' });
    expect(leadingContacts('revenue is stopped', new Set())).toEqual({ to: [], rest: 'revenue is stopped' });
  });

  test('declarer, holders and those the services name are invited, each once', () => {
    const withService = {
      ...policy,
      services: [{ id: 'pay', name: 'Payments', owner: null, runbook: null, invite: ['@pay', casey] }],
    };
    const incident = makeIncident({ services: ['pay'] });
    expect(invitees(incident, [{ userId: casey }], withService)).toEqual([olivia, casey, '@pay']);
  });

  test('the topic fits into 250 characters also when everything in it must be escaped', () => {
    const said = topic(makeIncident({ title: '<&>'.repeat(200) }), [], new Map());
    expect(said.length).toBeLessThanOrEqual(250);
    expect(said).toContain('no IC');
    expect(said).not.toMatch(/[<>]/);
  });
});
