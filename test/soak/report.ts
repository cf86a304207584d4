import { memoryLine } from './memory.ts';
import type { Outcome } from './soak.ts';

/** What a soak saw, for people. */
export function report(outcome: Outcome, again: string): string {
  const { evidence, findings, faults, counts, gaps } = outcome;
  const acked = evidence.asked.filter(({ outcome: how }) => how === 'acked').length;
  const said = evidence.told.filter(({ kind, byBot, heard }) => kind === 'message' && !byBot && heard).length;
  const rungs = evidence.incidents.flatMap(({ record }) =>
    record.timeline.filter(({ payload }) => payload.rung !== undefined),
  );
  const entries = evidence.incidents.reduce((sum, { record }) => sum + record.timeline.length, 0);
  const drafts = evidence.incidents.flatMap(({ record }) =>
    record.timeline.filter(({ kind }) => kind === 'postmortem'),
  );
  const lines: [string, string | number][] = [
    [
      'incidents',
      `${evidence.incidents.length}, ${evidence.incidents.filter(({ record }) => record.incident.visibility === 'private').length} of them private`,
    ],
    ['deeds of people', outcome.deeds],
    ['asked of the bot', `${evidence.asked.length}, ${acked} acknowledged, ${evidence.intents.length} recorded`],
    ['messages of people', said],
    ['timeline entries', entries],
    ['reminders', `${rungs.length} of ${evidence.promises.length} promises`],
    ['drafts', drafts.length],
    ['kills survived', `${evidence.kills.length}, ${outcome.stops} polite stops, ${outcome.starts} starts`],
    ['gaps found in history', `${gaps.found}, ${gaps.recovered} entries recovered`],
    ['memory of a process', memoryLine(outcome.memory)],
    ['seconds', Math.round(outcome.seconds)],
  ];
  return [
    ...lines.map(([what, value]) => `${what.padEnd(24)}${value}`),
    '',
    'faults injected',
    ...listOf(faults),
    '',
    'as Slack saw it',
    ...listOf(counts),
    '',
    ...verdict(outcome.findings.length, findings),
    '',
    `again: ${again}`,
  ].join('\n');
}

const listOf = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `  ${String(count).padStart(7)}  ${what}`);

function verdict(count: number, findings: Outcome['findings']): string[] {
  if (count === 0) return ['VERDICT: nothing lost, nothing twice, nothing let out'];
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  return [
    `VERDICT: ${count} findings`,
    ...[...byRule].flatMap(([rule, all]) => [
      `  ${rule} (${all.length})`,
      ...all.slice(0, 30).map(({ what }) => `    ${what}`),
    ]),
  ];
}
