import { expect, test } from '@jest/globals';
import { md } from '../../src/slack/mrkdwn.ts';
import { filled, filledMrkdwn, nextSaid, templateOf, unknownPlaceholders } from '../../src/updates/wording.ts';
import { at, makeIncident, policy, sev, withSeverity } from '../support/given.ts';

const incident = makeIncident({ impact: '1 in 5 payments fail', resolution: 'rolled back build 812' });

test('built-in words for the audience say what is felt, what is done and when the next word comes, and never why', () => {
  const said = (moment: 'declaration' | 'update' | 'mitigation' | 'resolution') =>
    filled(templateOf(policy, 'SEV1', moment, 'audience'), incident, 'audience');
  for (const moment of ['declaration', 'update', 'mitigation', 'resolution'] as const) {
    expect(said(moment)).toContain('1 in 5 payments fail.');
    expect(said(moment)).not.toContain('build 812');
    if (moment !== 'resolution') expect(said(moment)).toContain('The next update comes {next}.');
  }
  expect(filled(templateOf(policy, 'SEV1', 'update', 'audience'), makeIncident(), 'audience')).toMatch(
    /^What you may notice: some things may not work as they should\./,
  );
});

test('a severity of its own words uses them, and the common ones where it has none', () => {
  const own = withSeverity(sev('SEV1', { templates: { update: { audience: 'All hands.' } } }));
  expect(templateOf(own, 'SEV1', 'update', 'audience')).toBe('All hands.');
  expect(templateOf(own, 'SEV1', 'update', 'internal')).toBe(policy.templates.update.internal);
  expect(templateOf(own, 'SEV2', 'update', 'audience')).toBe(policy.templates.update.audience);
});

test('what is filled in is inert and is not looked through for blanks', () => {
  const nasty = makeIncident({ title: '<!channel> {how} {next}', resolution: 'secret' });
  const said = filledMrkdwn('{title} until {next}', nasty, 'internal', md`noon`);
  expect(said.text).toBe('&lt;!channel&gt; {how} {next} until noon');
});

test('blanks that stand for nothing are found', () => {
  expect(unknownPlaceholders('{title} {titel} { how } {}')).toEqual(['{titel}', '{ how }', '{}']);
});

test('the next time is said on the organisation’s clock, with the day when it is another one', () => {
  expect(nextSaid(at('15:05'), 'Europe/London', at('14:35'))).toBe('by 15:05 GMT');
  expect(nextSaid(at('09:00', '2026-01-19'), 'UTC', at('14:35'))).toBe('by Mon 19 Jan, 09:00 UTC');
  expect(nextSaid(null, 'UTC', at('14:35'))).toBe('when there is news');
});
