import type { Incident } from '../incidents/incident.ts';

/** The instants of an incident that people may correct. */
export const CLOCK = {
  started: 'impactStartedAt',
  detected: 'detectedAt',
  mitigated: 'mitigatedAt',
  resolved: 'resolvedAt',
} as const satisfies Record<string, keyof Incident>;
export type ClockName = keyof typeof CLOCK;
export const CLOCK_NAMES = Object.keys(CLOCK) as ClockName[];

const ALSO: Readonly<Record<string, ClockName>> = {
  start: 'started',
  began: 'started',
  impact: 'started',
  detect: 'detected',
  noticed: 'detected',
  mitigate: 'mitigated',
  resolve: 'resolved',
  fixed: 'resolved',
};

export function clockNamed(word: string): ClockName | null {
  const said = word.toLowerCase();
  return CLOCK_NAMES.find((name) => name === said) ?? (Object.hasOwn(ALSO, said) ? (ALSO[said] ?? null) : null);
}
