import { type Policy, parsePolicy } from '../../src/policy.ts';

/** Cadences of seconds, so that reminders come all the time; one severity has contacts, one has none. */
export const POLICY_YAML = `
timezone: UTC
announceChannel: incidents
defaultSeverity: SEV3
bridge: https://meet.example/ops
askBeforeDuplicates: false
severities:
  - { id: SEV1, updateEvery: 10s, acknowledgeWithin: 10s, hours: always, escalate: [{ after: 30m, unless: mitigated, to: ["@engineering-leads"] }] }
  - { id: SEV2, updateEvery: 12s, acknowledgeWithin: 15s, hours: always }
  - { id: SEV3, updateEvery: 15s, acknowledgeWithin: 20s, hours: always }
  - { id: SEV4, updateEvery: 25s, acknowledgeWithin: 30s, hours: always }
`;

export function soakPolicy(): Policy {
  const read = parsePolicy(POLICY_YAML, 'soak.yml');
  if (!read.ok) throw new Error(read.no.join('\n'));
  return read.value;
}
