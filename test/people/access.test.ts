import { describe, expect, test } from '@jest/globals';
import { channelId, ts, userId } from '../../src/lib/ids.ts';
import { aboutOf, isAmong, rightFor, wordedRight } from '../../src/people/access.ts';
import { parsePolicy } from '../../src/policy.ts';
import { parseCommand } from '../../src/slack/command.ts';
import type { Call, Click, Shortcut, Submission } from '../../src/slack/listeners.ts';

const asked = { user: userId('U1'), team: 'T1', intent: 't1', triggerId: 't1', responseUrl: null };
const here = channelId('C1');

describe('the right that is needed', () => {
  test.each([
    ['declare sev1 checkout', 'declare'],
    ['update hello', 'command'],
    ['reopen it is back', 'command'],
    ['resolve done', 'resolve'],
    ['cancel a probe', 'resolve'],
    ['status resolved done', 'resolve'],
    ['status closed', 'resolve'],
    ['status mitigated', 'command'],
    ['status', 'command'],
  ])('for `%s` is to %s', (typed, right) => {
    expect(rightFor({ ...said(typed), reading: false })).toBe(right);
  });

  test('is none for a look, a page turned, and the answer of somebody who was asked', () => {
    expect(rightFor({ ...said('list'), reading: true })).toBeNull();
    for (const what of ['actions-page', 'task-done', 'handoff-accept', 'escalation-on-it', 'join-incident'])
      expect(rightFor({ what, from: click('1'), reading: false })).toBeNull();
  });
});

test('words, buttons, forms and shortcuts tell which incident is meant; numbers out of range tell none', () => {
  expect(aboutOf(said('update hello in INC-7').from)).toEqual({ named: 7, channel: here });
  expect(aboutOf({ ...said('update hello in INC-7').from, meant: 'here' })).toEqual({ named: null, channel: here });
  expect(aboutOf({ ...said('update hello in INC-7').from, meant: 'there' })).toEqual({ named: 7, channel: null });
  expect(aboutOf(click('7:2'))).toEqual({ named: 7, channel: null });
  expect(aboutOf(click('99999999999'))).toEqual({ named: null, channel: null });
  expect(aboutOf(click('new'))).toEqual({ named: null, channel: null });
  const form: Submission = { ...asked, callback: 'x', viewId: 'V', privateMetadata: '{"incident":7}', values: {} };
  for (const privateMetadata of [
    '{"incident":7}',
    '{"incident":7,"offer":2,"version":1}',
    '{"incident":7,"entry":3,"shown":5}',
  ])
    expect(aboutOf({ ...form, privateMetadata })).toEqual({ named: 7, channel: null });
  expect(aboutOf({ ...form, privateMetadata: '7' })).toEqual({ named: 7, channel: null });
  expect(aboutOf({ ...form, privateMetadata: '4294967296' })).toEqual({ named: null, channel: null });
  const on: Shortcut = {
    ...asked,
    callback: 'x',
    on: { channel: here, message: { ts: ts('1.000001'), text: '', user: null } },
  };
  expect(aboutOf(on)).toEqual({ named: null, channel: here });
});

test('whoever is in one group is among them; while one is unknown, so is the answer', () => {
  const [one, other] = [new Set([userId('U1')]), new Set([userId('U2')])];
  expect(isAmong(userId('U1'), [null, one])).toBe(true);
  expect(isAmong(userId('U1'), [null, other])).toBeNull();
  expect(isAmong(userId('U1'), [other])).toBe(false);
});

test('each refusal says who may', () => {
  const sentences = (['declare', 'command', 'resolve'] as const).map(
    (right) => wordedRight(right, ['@leads', 'U012345'], null).text,
  );
  expect(sentences[0]).toBe(
    'Declaring incidents is for @leads, <@U012345> here (`access.declare` of the policy). Ask one of them to do it.',
  );
  expect(new Set(sentences).size).toBe(3);
});

test('sitrep.yml says who may; what it leaves out stays as it is built in, what it misspells is refused', () => {
  const read = parsePolicy('access: { command: members, resolve: ["@leads", U012345] }', 'sitrep.yml');
  expect(read).toMatchObject({
    ok: true,
    value: {
      access: { declare: 'everyone', command: 'members', resolve: ['@leads', 'U012345'], seePrivate: 'members' },
    },
  });
  for (const wrong of ['declare: members', 'command: nobody', 'resolve: []', 'seePrivate: [leads]'])
    expect([wrong, parsePolicy(`access: { ${wrong} }`, 'sitrep.yml').ok]).toEqual([wrong, false]);
});

function said(typed: string): { what: string; from: Call } {
  const command = parseCommand(typed);
  if (command.kind !== 'verb') throw new Error(`${typed} is no command`);
  return { what: command.verb, from: { ...asked, rest: command.rest, words: typed, channel: here } };
}

function click(value: string): Click {
  return { ...asked, action: 'x', value, channel: here, message: null, view: null };
}
