import { expect, test } from '@jest/globals';
import { answerOffer, lookAtChannel, type Offer, type Quiet } from '../../src/channels/archive.ts';
import { wordedArchive } from '../../src/channels/refusals.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { DAY } from '../../src/lib/duration.ts';
import { at, casey, makeIncident, olivia } from '../support/given.ts';

const ended = { status: 'closed' as const, resolvedAt: at('14:00'), closedAt: at('15:00') };
const quiet: Quiet = { offer: null, lastSaidAt: at('14:30'), wholeAt: null, archiveAfter: 7 * DAY };
const offer = (over: Partial<Offer> = {}): Offer => ({
  incidentId: makeIncident().id,
  offeredAt: at('15:00', '2026-01-23'),
  answer: null,
  answeredBy: null,
  answeredAt: null,
  ...over,
});
const look = (day: string, incident: Partial<Incident> = ended, over: Partial<Quiet> = {}) => {
  const { offer: becomes, decision } = lookAtChannel(makeIncident(incident), { ...quiet, ...over }, at('15:00', day));
  return [becomes, ...(decision.jobs ?? []).map(({ job }) => job.kind)];
};

test('people are asked once the channel was quiet for the whole time, counted from the last word in it', () => {
  expect(look('2026-01-22')).toEqual([null, 'offer-archive']);
  expect(look('2026-01-23')).toEqual(['made', 'post']);
  expect(look('2026-01-23', ended, { lastSaidAt: at('09:00', '2026-01-20') })).toEqual([null, 'offer-archive']);
  expect(look('2026-01-24', ended, { offer: offer() })).toEqual([null]);
  expect(look('2026-01-24', ended, { archiveAfter: null })).toEqual([null]);
  expect(look('2026-01-24', { ...ended, channelLost: 'left' })).toEqual([null]);
});

test('the channel of an open incident is never offered, and reopening ends the offer', () => {
  expect(look('2026-03-01', {})).toEqual([null]);
  expect(look('2026-03-01', {}, { offer: offer() })).toEqual(['withdrawn', 'edit']);
});

test('it is archived when a person said so and the record was read to the end after that', () => {
  const clicked = offer({ answer: 'archive', answeredBy: casey, answeredAt: at('16:00', '2026-01-23') });
  expect(look('2026-01-24', ended, { offer: clicked })).toEqual([null, 'reconcile', 'offer-archive']);
  expect(look('2026-01-24', ended, { offer: clicked, wholeAt: at('15:59', '2026-01-23') })).toContain('reconcile');
  expect(look('2026-01-24', ended, { offer: clicked, wholeAt: at('16:01', '2026-01-23') })).toEqual([
    null,
    'archive-channel',
  ]);
});

test('every click that comes too late is told why, each in its own words', () => {
  const refused = (incident: Partial<Incident>, given: Offer | null) => {
    const answered = answerOffer(makeIncident(incident), given, 'archive', olivia, at('16:00', '2026-01-24'));
    return answered.ok ? null : wordedArchive(answered.no).text;
  };
  const kept = offer({ answer: 'keep', answeredBy: casey, answeredAt: at('16:00', '2026-01-23') });
  const sentences = [
    refused({}, offer()),
    refused(ended, null),
    refused({ ...ended, channelLost: 'archived' }, offer()),
    refused(ended, kept),
  ];
  expect(sentences).toEqual([
    expect.stringContaining('the channel of an open incident is not archived'),
    expect.stringContaining('That question is over'),
    expect.stringContaining('closed to Sitrep already'),
    expect.stringMatching(/^<@U0CASEY> kept this channel/),
  ]);
  expect(refused(ended, offer())).toBeNull();
});
