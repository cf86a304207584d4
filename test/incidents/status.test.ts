import { describe, expect, test } from '@jest/globals';
import type { Status } from '../../src/db/tables.ts';
import { followMove, followSeverity } from '../../src/incidents/follow.ts';
import { type Incident, isOpen } from '../../src/incidents/incident.ts';
import { worded } from '../../src/incidents/refusals.ts';
import { changeSeverity } from '../../src/incidents/severity.ts';
import { move, parseStatus, STATUSES } from '../../src/incidents/status.ts';
import { at, casey, makeIncident, olivia, policy, promised, sev } from '../support/given.ts';

const moved = (from: Status, to: Status, over = {}) => {
  const incident = makeIncident({ status: from, ...over });
  const decided = move(incident, { to, by: olivia, why: null, now: at('15:00'), last: null });
  if (!decided.ok) throw new Error(decided.no.why);
  return { incident, decision: decided.value, after: { ...incident, ...decided.value.change } };
};

describe('statuses and their clock', () => {
  test.each(STATUSES.flatMap((from) => STATUSES.filter((to) => to !== from).map((to) => [from, to] as const)))(
    'an incident moves from %s to %s, and the move is recorded',
    (from, to) => {
      const { after, decision } = moved(from, to);
      expect(after.status).toBe(to);
      expect(decision.entries).toMatchObject([{ kind: 'status_changed', payload: { from, to } }]);
    },
  );

  test('mitigating stamps the clock', () => {
    expect(moved('investigating', 'mitigated').after).toMatchObject({ mitigatedAt: at('15:00'), resolvedAt: null });
  });

  test('resolving without having mitigated stamps both', () => {
    expect(moved('identified', 'resolved').after).toMatchObject({ mitigatedAt: at('15:00'), resolvedAt: at('15:00') });
  });

  test('resolving keeps the time at which it was mitigated', () => {
    const { after } = moved('mitigated', 'resolved', { mitigatedAt: at('14:30') });
    expect(after).toMatchObject({ mitigatedAt: at('14:30'), resolvedAt: at('15:00') });
  });

  test('reopening clears the stamps and says so', () => {
    const { after, decision } = moved('resolved', 'investigating', {
      mitigatedAt: at('14:30'),
      resolvedAt: at('14:40'),
    });
    expect(after).toMatchObject({ mitigatedAt: null, resolvedAt: null });
    expect(JSON.stringify(decision.jobs)).toContain("clock's mitigated and resolved time was cleared");
  });

  test('who reopens by naming a status is told so, in the channel and from elsewhere', () => {
    const { answer, answerBeside } = moved('resolved', 'identified').decision;
    expect(answerBeside?.text).toMatch(/^Done\. It was resolved and is reopened\. Once /);
    expect(answer?.text).toMatch(/^INC-42 is identified now\. It was resolved and is reopened\. Once /);
    expect(moved('identified', 'investigating').decision.answerBeside?.text).not.toContain('reopened');
  });

  test('a status it has already is refused with who set it and when', () => {
    const decided = move(makeIncident({ status: 'mitigated' }), {
      to: 'mitigated',
      by: olivia,
      why: null,
      now: at('15:00'),
      last: { by: casey, at: at('14:50') },
    });
    expect(decided).toMatchObject({ ok: false, no: { why: 'already', by: casey, at: at('14:50') } });
  });

  test.each([
    ['resolved', 'resolved'],
    ['Mitigate', 'mitigated'],
    ['fixed', 'resolved'],
  ])('"%s" is understood as %s', (word, status) => {
    expect(parseStatus(word)).toEqual({ ok: true, value: status });
  });

  test('a misspelled status changes nothing: what it may have been is said', () => {
    const refused = parseStatus('cloned');
    expect(refused).toMatchObject({ no: { why: 'unknown-status', nearest: 'closed' } });
    expect(refused.ok || worded(refused.no).text).toContain('/incident status closed');
  });

  test.each(['canceled', 'cancelled', 'cancel'])('"%s" needs its reason, so it has its own verb', (word) => {
    expect(parseStatus(word)).toMatchObject({ no: { why: 'words-missing', verb: 'cancel' } });
  });

  test('a word that is no status is refused with the ones there are', () => {
    expect(parseStatus('banana')).toMatchObject({ ok: false, no: { why: 'unknown-status', word: 'banana' } });
  });
});

describe('what a move brings with it', () => {
  const kinds = (from: Status, to: Status, severity = 'SEV1') => {
    const { incident, decision } = moved(from, to, { severity });
    return followMove(decision, incident, policy, null, at('15:00'));
  };

  test('resolving stops the promise, thanks and drafts the postmortem', () => {
    const whole = kinds('mitigated', 'resolved');
    expect(whole.change).toMatchObject({ promiseDueAt: null, promiseMadeAt: null });
    expect(whole.jobs?.map(({ job }) => job.kind)).toEqual(expect.arrayContaining(['draft', 'post', 'draw-card']));
  });

  test('an incident that owes no postmortem closes by itself a day after it was resolved', () => {
    expect(kinds('investigating', 'resolved', 'SEV3').jobs).toContainEqual({
      job: { kind: 'close', incident: 42 },
      runAt: at('15:00', '2026-01-17'),
    });
    expect(kinds('investigating', 'resolved', 'SEV1').jobs?.some(({ job }) => job.kind === 'close')).toBe(false);
  });

  test('SEV4 is resolved without a draft', () => {
    expect(kinds('investigating', 'resolved', 'SEV4').jobs?.some(({ job }) => job.kind === 'draft')).toBe(false);
  });

  test('a canceled incident promises and drafts nothing', () => {
    const whole = kinds('investigating', 'canceled');
    expect(whole.change?.promiseDueAt).toBeNull();
    expect(whole.jobs?.some(({ job }) => job.kind === 'draft' || job.kind === 'cadence')).toBe(false);
  });

  test('what turns out to have been a false alarm is canceled though it was resolved: the thread hears it, nothing is owed', () => {
    const jobs = kinds('resolved', 'canceled').jobs?.map(({ job }) => job.kind);
    expect(jobs).toEqual(expect.arrayContaining(['post', 'postmortem', 'draw-announcement']));
    expect(jobs?.filter((kind) => kind === 'post')).toHaveLength(2);
    expect(kinds('resolved', 'closed').jobs?.filter(({ job }) => job.kind === 'post')).toHaveLength(1);
  });

  test('a reopened incident is promised an update again, counted from now', () => {
    const { incident, decision } = moved('resolved', 'investigating', { cadenceOffReason: 'nobody is awake' });
    const whole = followMove(decision, incident, policy, at('14:10'), at('15:00'));
    expect(whole.change?.cadenceOffReason).toBeNull();
    expect(whole.change?.promiseDueAt?.getTime()).toBeGreaterThan(at('15:00').getTime());
    expect(isOpen({ ...incident, ...whole.change })).toBe(true);
  });

  test('a change of severity counts the promise anew, from the last update', () => {
    const incident = makeIncident({ severity: 'SEV3', promiseMadeAt: at('14:00'), promiseDueAt: at('15:00') });
    const decided = changeSeverity(incident, sev('SEV1'), olivia, null, at('14:05'), null);
    if (!decided.ok) throw new Error('refused');
    const whole = followSeverity(decided.value, incident, policy, null, at('14:05'));
    expect(whole.change).toMatchObject({ severity: 'SEV1', promiseDueAt: at('14:15') });
  });

  const severityTo = (to: string, over: Partial<Incident>, now = at('15:00')) => {
    const incident = { ...promised(over), ...over };
    const decided = changeSeverity(incident, sev(to), olivia, null, now, null);
    if (!decided.ok) throw new Error('refused');
    return followSeverity(decided.value, incident, policy, null, now);
  };

  test('after a change of severity the reminder that stands asks no more: another time is promised', () => {
    const whole = severityTo('SEV3', { severity: 'SEV1', promiseRung: 'due' });
    const edits = whole.jobs?.flatMap(({ job }) => (job.kind === 'edit' ? [job.message.text] : []));
    expect(edits).toEqual([expect.stringContaining('Another time was promised')]);
  });

  test('after a change of severity the missing IC is asked for with its patience, though there was one before', () => {
    const whole = severityTo('SEV1', { severity: 'SEV3', acknowledgedAt: at('14:02') }, at('14:04'));
    expect(whole.jobs).toContainEqual({ job: { kind: 'acknowledge', incident: 42 }, runAt: at('14:05') });
  });

  test('in a reopened incident an IC is asked for, counted from the reopening', () => {
    const { incident, decision } = moved('resolved', 'investigating', { acknowledgeAsks: 4 });
    const whole = followMove(decision, incident, policy, null, at('15:00'));
    expect(whole.change).toMatchObject({ acknowledgeAsks: 0, acknowledgeAskedAt: at('15:00') });
    expect(whole.jobs).toContainEqual({ job: { kind: 'acknowledge', incident: 42 }, runAt: at('15:05') });
  });

  test('a resolved incident that owes no postmortem any more closes a day after it was resolved', () => {
    const closing = (to: string, over: Partial<Incident>) =>
      severityTo(to, { status: 'resolved', ...over }).jobs?.filter(({ job }) => job.kind === 'close');
    expect(closing('SEV3', { severity: 'SEV1', resolvedAt: at('14:30') })).toEqual([
      { job: { kind: 'close', incident: 42 }, runAt: at('14:30', '2026-01-17') },
    ]);
    expect(closing('SEV1', { severity: 'SEV3', resolvedAt: at('14:30') })).toEqual([]);
  });

  test('the severity nobody chose can be confirmed, the one that was chosen not twice', () => {
    const guessed = makeIncident({ severity: 'SEV3', severityChosen: false });
    expect(changeSeverity(guessed, sev('SEV3'), olivia, null, at('14:05'), null).ok).toBe(true);
    const chosen = makeIncident({ severity: 'SEV3' });
    expect(changeSeverity(chosen, sev('SEV3'), olivia, null, at('14:05'), null)).toMatchObject({
      no: { why: 'same-severity' },
    });
  });
});
