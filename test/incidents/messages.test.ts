import { describe, expect, test } from '@jest/globals';
import { announcement } from '../../src/incidents/announcement.ts';
import { card } from '../../src/incidents/card.ts';
import { addLink } from '../../src/incidents/edit.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { mayLeave } from '../../src/incidents/outward.ts';
import { help, list, unknownVerb } from '../../src/incidents/overview.ts';
import { sayParked } from '../../src/incidents/parked.ts';
import { type Refusal, worded } from '../../src/incidents/refusals.ts';
import { incidentId } from '../../src/lib/ids.ts';
import { textIn } from '../../src/slack/blocks.ts';
import { verbNames } from '../../src/slack/command.ts';
import { messageLimits } from '../../src/slack/limits.ts';
import { at, casey, makeIncident, olivia, policy, sev, withSeverity } from '../support/given.ts';

const names = new Map([
  [olivia, 'Olivia'],
  [casey, 'Casey'],
]);
const holders = [{ role: 'ic', userId: olivia, fromAt: at('14:02') }];
const states = {
  open: makeIncident({ promiseDueAt: at('14:15') }),
  mitigated: makeIncident({
    status: 'mitigated',
    mitigatedAt: at('14:30'),
    promiseDueAt: at('14:45'),
    impact: '4 in 10 payments fail',
  }),
  resolved: makeIncident({ status: 'resolved', mitigatedAt: at('14:30'), resolvedAt: at('15:00') }),
  private: makeIncident({ visibility: 'private' }),
  drill: makeIncident({ kind: 'drill' }),
  'without a cadence': makeIncident({ cadenceOffReason: 'waiting for the vendor' }),
};
const labels = (message: { blocks?: Record<string, unknown>[] | undefined }) =>
  JSON.stringify(message.blocks)
    .match(/"action_id":"[^"]+"/g)
    ?.map((found) => found.slice(13, -1)) ?? [];

describe('the card', () => {
  test("has I'm IC only while nobody has command, Mitigated only until it is, and only Reopen once it has ended", () => {
    expect(labels(card(states.open, [], names, policy))).toContain('take-ic');
    expect(labels(card(states.open, holders, names, policy))).not.toContain('take-ic');
    expect(labels(card(states.mitigated, holders, names, policy))).not.toContain('mitigated');
    expect(labels(card(states.resolved, holders, names, policy))).toEqual(['reopen']);
  });

  test('asks before escalating, and says who is called', () => {
    const escalate = [{ after: 60_000, unless: 'mitigated' as const, to: ['@engineering-leads'] }];
    const asks = (incident: Incident) =>
      JSON.stringify(card(incident, holders, names, withSeverity(sev('SEV1', { escalate }))));
    expect(asks(states.open)).toContain('Called: @engineering-leads. They are mentioned here');
    expect(asks(states.private)).toContain('learn only that they are needed');
    expect(asks(states.drill)).toContain('nobody is called. In a real incident: @engineering-leads.');
    expect(JSON.stringify(card(states.open, holders, names, policy))).toContain('SEV1 has no contacts in sitrep.yml');
  });

  test('stays within what Slack takes, and pings nobody, whatever the title and the impact hold', () => {
    const nasty = makeIncident({
      title: '<!channel> & <@U1> '.repeat(3_000),
      impact: '*<https://x|y>* `'.repeat(3_000),
    });
    const drawn = card(nasty, holders, names, policy);
    expect(textIn(drawn.blocks)).toBeLessThan(messageLimits.blocksTextBudget);
    expect(JSON.stringify(drawn)).not.toMatch(/<!channel|<@U1|<https:\/\/x/);
  });
});

describe('the links on the card', () => {
  const link = (url: string, name: string | null = null) => addLink(makeIncident(), url, name, casey, at('14:30'));

  test('a long one hides none of the others', () => {
    const added = link(`https://logs.example/?q=${'x'.repeat(1_900)}`);
    const links = [...(added.ok ? (added.value.change?.links ?? []) : []), { url: 'https://a.example', name: 'Graph' }];
    const drawn = JSON.stringify(card(makeIncident({ links: [...links, ...links] }), holders, names, policy));
    expect(drawn.split('|Graph>')).toHaveLength(3);
    expect(links[0]?.name).toHaveLength(80);
  });

  test('one of more than 2,000 characters is refused with a sentence', () => {
    const refused = link(`https://logs.example/?q=${'x'.repeat(2_000)}`);
    expect(refused.ok || worded(refused.no).text).toMatch(/2024 characters.*at most 2000/);
  });

  test('of what its services name, runbook and owner are there, and only for them', () => {
    const service = (id: string) => ({ id, name: id, owner: `Team ${id}`, runbook: `https://wiki/${id}`, invite: [] });
    const known = { ...policy, services: [service('payments'), service('search')] };
    const drawn = JSON.stringify(card(makeIncident({ services: ['payments'] }), holders, names, known));
    expect(drawn).toContain('payments, Team payments: <https://wiki/payments|runbook>');
    expect(drawn).not.toContain('search');
  });
});

describe('the announcement', () => {
  test('mentions nobody', () => {
    expect(JSON.stringify(announcement(states.open, holders, names, policy))).not.toContain('<@');
  });

  test('of a private incident never leaves its channel', () => {
    expect(mayLeave(states.private, 'announcements')).toBe(false);
    expect(mayLeave(states.private, 'announcement-thread')).toBe(false);
    expect(mayLeave(states.private, 'channel')).toBe(true);
    expect(mayLeave(states.open, 'announcements')).toBe(true);
  });
});

describe('the private answers', () => {
  const incident = states.open;
  const refusals: Refusal[] = [
    { why: 'not-an-incident-channel', verb: 'resolve', open: [incident] },
    { why: 'no-such-incident', ref: 'INC-7', open: [] },
    { why: 'already', incident: states.mitigated, status: 'mitigated', by: casey, at: at('14:30') },
    { why: 'has-ended', incident: states.resolved, by: casey, at: at('15:00') },
    { why: 'changed-meanwhile', incident: states.resolved, what: 'status', by: casey, at: at('15:00') },
    { why: 'changed-meanwhile', incident, what: 'severity', by: casey, at: at('14:30') },
    { why: 'still-open', incident, by: casey, at: at('14:30') },
    { why: 'same-severity', incident, by: null, at: null },
    { why: 'already', incident: states.resolved, status: 'resolved', by: casey, at: at('15:00') },
    { why: 'unknown-code', word: 'sev7', known: ['SEV1', 'SEV2'] },
    { why: 'not-declared-then', sentence: '"25:00" is not a time. Write it like `14:05` or `10 min ago`.' },
    { why: 'over-before-start', from: at('14:30'), to: at('14:00') },
    { why: 'unknown-severity', word: '<!here>', known: ['SEV1', 'SEV2'] },
    { why: 'unknown-status', word: 'banana', known: ['investigating'], nearest: null },
    { why: 'words-missing', verb: 'reopen', what: 'a reason' },
    { why: 'not-a-link', word: 'javascript:alert(1)' },
    { why: 'nobody-to-escalate-to', severity: 'SEV1' },
    { why: 'nobody-to-call', names: ['@leads'] },
    { why: 'escalated-already', to: ['@leads'], by: casey, at: at('14:30') },
  ];

  test('each refusal is a sentence of its own that names the thing and the way out', () => {
    const sentences = refusals.map((refusal) => worded(refusal).text);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(sentences).toMatchSnapshot();
    for (const sentence of sentences) expect(sentence).not.toMatch(/<!here>|<[a-z]/);
  });

  test('the list is worst first, and says how to declare when it is empty', () => {
    const shown = list([makeIncident({ severity: 'SEV3' }), makeIncident({ severity: 'SEV1' })], policy, at('15:00'));
    const text = JSON.stringify(shown.blocks);
    expect(text.indexOf('SEV1')).toBeLessThan(text.indexOf('SEV3'));
    expect(labels(list([], policy, at('15:00')))).toEqual(['declare']);
  });

  test('the list goes on page by page: sixty open incidents stand on it whole, each once, within what Slack takes', () => {
    const many = Array.from({ length: 60 }, (_, n) =>
      makeIncident({ id: incidentId(n + 1), title: '&'.repeat(n % 2 ? 5_000 : 60) }),
    );
    const pages = [1, 2, 3, 4, 5, 6, 7].map((page) => list(many, policy, at('15:00'), page));
    for (const { blocks } of pages) {
      expect(blocks?.length).toBeLessThanOrEqual(messageLimits.blocks);
      expect(textIn(blocks)).toBeLessThanOrEqual(messageLimits.blocksTextBudget);
      expect(JSON.stringify(blocks?.at(-1))).toContain('declare');
    }
    const words = pages.map(({ blocks }) => JSON.stringify(blocks));
    const count = Number(/Page 1 of (\d)/.exec(words[0] ?? '')?.[1]);
    const listed = words.slice(0, count).flatMap((page) => page.match(/\*INC-\d+\*/g) ?? []);
    expect(listed).toEqual(many.map(({ id }) => `*INC-${id}*`));
    expect(words[0]).toContain('`/incident list 2`');
    expect(words[count]).toBe(words[count - 1]);
    expect(words[count]).not.toContain(`list ${count}`);
  });

  test('help knows every verb', () => {
    const text = JSON.stringify(help(null));
    for (const verb of verbNames) expect(text).toContain(`/incident ${verb}`);
    expect(help('update').text).toMatchSnapshot();
  });

  test('an unknown verb is answered with the nearest one', () => {
    expect(unknownVerb('real', null).text).toMatch(/A drill stays a drill.*`\/incident declare`.*`\/incident cancel/);
    expect(unknownVerb('Drill', null).text).toMatch(/`\/incident declare drill.*`\/incident cancel it was a drill`/);
    expect(unknownVerb('resovle', 'resolve').text).toContain('/incident resolve rolled back');
  });

  test('what could not be done is said in the channel with how to mend it, and a notice begets no notice', () => {
    const [job] = sayParked(
      incident,
      { kind: 'pin-card', incident: incident.id },
      'pins.add: too_many_pins',
      at('15:00'),
    );
    expect(JSON.stringify(job)).toContain('Unpin something');
    const notice = {
      kind: 'post',
      incident: incident.id,
      to: 'channel',
      message: { text: 'x' },
      as: 'notice',
    } as const;
    expect(sayParked(incident, notice, 'not_in_channel', at('15:00'))).toEqual([]);
  });
});
