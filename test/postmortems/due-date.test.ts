import { expect, test } from '@jest/globals';
import { resolutionKnownAt } from '../../src/incidents/incident.ts';
import { DAY, HOUR } from '../../src/lib/duration.ts';
import { userId } from '../../src/lib/ids.ts';
import { comeBack, groupsToAsk } from '../../src/postmortems/due.ts';
import { moveDue, parseDue } from '../../src/postmortems/due-date.ts';
import { wordedPostmortem } from '../../src/postmortems/refusals.ts';
import { backToDraft } from '../../src/postmortems/reviewing.ts';
import type { Postmortem } from '../../src/postmortems/work.ts';
import { at, casey, erin, makeIncident, olivia, policy } from '../support/given.ts';

/** Friday at noon, in winter: London is on UTC. */
const NOW = at('12:00');
const incident = makeIncident({ status: 'resolved', resolvedAt: NOW });
const postmortem: Postmortem = {
  incidentId: incident.id,
  status: 'draft',
  markdown: '',
  revision: 1,
  draftedAt: NOW,
  dueAt: new Date(NOW.getTime() + 2 * DAY),
  fileId: null,
  owner: casey,
  owedSince: NOW,
  reminded: 'told',
  document: null,
  drawn: {},
  publishedAt: null,
  publishedBy: null,
  takenBackAt: null,
  announced: false,
  announcedFileId: null,
  dueMovedBy: null,
  dueMovedWhy: null,
};
const around = { policy, holders: [], standings: new Map(), members: new Set([casey]), contacts: [] };
const work = (over: Partial<Postmortem>) => ({ postmortem: { ...postmortem, ...over }, revisions: [], reviews: [] });
const after = (hours: number) => new Date(NOW.getTime() + hours * HOUR);

test.each([
  ['monday', '2026-01-19', null],
  ['in 2 weeks: the vendor is on holiday until then', '2026-01-30', 'the vendor is on holiday until then'],
  ['1 february as two of us are away', '2026-02-01', 'as two of us are away'],
  ['the end of next week, everybody is on call', '2026-01-23', 'everybody is on call'],
])('"%s" is the evening of that day, and the rest is why', (typed, day, why) => {
  expect(parseDue(typed, 'Europe/London', NOW)).toEqual({ ok: true, value: { dueAt: at('18:00', day), why } });
});

test.each([
  ['friday', NOW, /"friday" can be Fri 16 Jan 2026 or Fri 23 Jan 2026\. Write it like `2026-01-16` or `2026-01-23`/],
  ['yesterday because', NOW, /Thu 15 Jan 2026 is past\. Write it like `monday` or `2026-01-30`/],
  ['01/02/2027', NOW, /can be .* or .* Write it like `2027-01-02` or `2027-02-01`/],
  ['whenever it suits', NOW, /"whenever" is not a day\. Write it like `monday` or `2026-01-30`/],
  ['today', at('18:30'), /Fri 16 Jan 2026 ends at 18:00 .* Write it like `tomorrow` or `2026-01-30`/],
])('"%s" is refused with two days that hold', (typed, now, sentence) => {
  const read = parseDue(typed, 'Europe/London', now);
  if (read.ok) throw new Error('it was read');
  expect(wordedPostmortem(read.no).text).toMatch(sentence);
});

test('a date given by hand holds against the policy until the incident is resolved anew, and what is slept through is not said late', () => {
  const asked = { dueAt: after(8 * 24), why: 'the vendor', by: olivia, now: after(50) };
  const moved = moveDue(incident, { ...postmortem, reminded: 'due' }, asked, { policy });
  if (!moved.ok) throw new Error(moved.no.why);
  const { change } = moved.value;
  expect(change).toMatchObject({ dueMovedBy: olivia, dueMovedWhy: 'the vendor', reminded: 'told' });
  const later = (hours: number, more: Partial<Postmortem> = {}, on = incident) =>
    comeBack(on, work({ ...change, ...more }), around, after(hours)).change;
  expect(later(51)).toEqual({});
  expect(later(97)).toEqual({ reminded: 'half time' });
  expect(later(8 * 24 + 1, { reminded: 'a day before' })).toEqual({ reminded: 'due' });
  // Half of the new time is over already: that is no reason to remind of it at once.
  const late = moveDue(incident, postmortem, { ...asked, now: after(150) }, { policy });
  expect(late).toMatchObject({ ok: true, value: { change: { reminded: 'half time' } } });
  // The severity changes, and its time with it: what a person said stands.
  const lesser = { ...incident, severity: 'SEV3' };
  expect(later(51, {}, lesser)).toEqual({});
  const again = { ...incident, resolvedAt: after(60) };
  expect(later(61, {}, again)).toMatchObject({ dueAt: after(108), dueMovedBy: null, dueMovedWhy: null });
  // The contacts are asked by the new date too.
  const leads = {
    ...policy,
    severities: policy.severities.map((one) => ({ ...one, escalate: [{ after: HOUR, unless: null, to: ['@leads'] }] })),
  };
  const told = (hours: number) =>
    groupsToAsk(incident, { ...postmortem, ...change, reminded: 'due' }, { policy: leads }, after(hours));
  expect([told(80), told(9 * 24 + 1)]).toEqual([[], ['@leads']]);
});

test('whoever corrects a published one is reminded of it once, after a day, and nobody hears that it is overdue', () => {
  const document = { ref: 'INC-42', title: 'down', facts: [], measured: [], sections: [], wording: [] };
  const owedSince = resolutionKnownAt(incident);
  const published = { status: 'published', owedSince, document, publishedAt: after(40), publishedBy: casey } as const;
  const back = backToDraft(incident, work(published), { by: casey, now: after(100) });
  if (!back.ok) throw new Error(back.no.why);
  const { change, decision } = back.value;
  expect(decision.jobs).toEqual([
    { job: { kind: 'postmortem', incident: incident.id }, runAt: after(124) },
    { job: { kind: 'draft', incident: incident.id }, runAt: after(100) },
  ]);
  const later = (hours: number, more: Partial<Postmortem> = {}, on = incident) =>
    comeBack(on, work({ ...published, ...change, ...more }), around, after(hours));
  expect(later(101)).toMatchObject({ change: {}, decision: { entries: [] } });
  const { change: reminded, decision: once } = later(124);
  expect(once.jobs).toMatchObject([{ job: { kind: 'dm', user: casey } }]);
  expect(JSON.stringify(once.jobs)).toMatch(/was published and is a draft again since/);
  expect(later(900, reminded)).toMatchObject({ change: {}, decision: { entries: [], jobs: [] } });
  // Resolved anew it is owed anew, whatever it was before.
  const again = { ...incident, resolvedAt: after(130) };
  expect(later(131, {}, again).change).toMatchObject({ publishedAt: null, takenBackAt: null, reminded: 'told' });
});

test('what is optional is owed once it has a date, and what is not asked for, open, published or due then already gets none', () => {
  const asked = { dueAt: after(100), why: null, by: userId('U1'), now: NOW };
  const refused = (on: typeof incident, over: Partial<Postmortem> = {}) => {
    const moved = moveDue(on, { ...postmortem, ...over }, asked, { policy });
    return moved.ok ? moved.value.change.dueAt : wordedPostmortem(moved.no).text;
  };
  expect(refused({ ...incident, severity: 'SEV3' }, { dueAt: null })).toEqual(after(100));
  expect(refused({ ...incident, severity: 'SEV4' })).toMatch(/is SEV4, of which no postmortem is asked/);
  expect(refused({ ...incident, status: 'mitigated' })).toMatch(/INC-42 is mitigated: .* when it is resolved/);
  expect(refused({ ...incident, status: 'canceled' })).toMatch(/false alarm.*reopen/);
  expect(refused(incident, { status: 'published', publishedBy: erin })).toMatch(/was published by .*postmortem draft/);
  expect(refused(incident, { dueAt: after(100) })).toMatch(/already\. Nothing was changed/);
});
