import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findSeverity, type Policy, type Severity } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { type Mrkdwn, md, quietly } from '../slack/mrkdwn.ts';
import { type Decision, receipt } from './decision.ts';
import { type Incident, isOpen, ref } from './incident.ts';
import { post, redraw } from './redraw.ts';
import type { Refusal } from './refusals.ts';

/** `sev1`, `SEV-1`, `sev 1` or `P0` at the start of a text, and what follows; null when none stands there. */
export function leadingCode(text: string): { code: string; rest: string } | null {
  // p95 and p99 are latencies, not severities.
  const match = /^(?:sev[\s-]?(\d{1,2})|p(\d))(?!\w)\s*/i.exec(text);
  if (!match) return null;
  return { code: match[1] ? `sev${match[1]}` : `p${match[2]}`, rest: text.slice(match[0].length) };
}

/** The severity a command begins with (`sev2`, `sev 2`, `2`, `high`), and the reason after it. */
export function severityIn(policy: Policy, text: string): Result<{ severity: Severity; rest: string }, Refusal> {
  const words = text.trim();
  const number = /^(\d{1,2})(?!\w)\s*/.exec(words);
  const coded = number ? { code: `sev${number[1]}`, rest: words.slice(number[0].length) } : leadingCode(words);
  const [first = ''] = words.split(/\s/);
  const found = parseSeverity(policy, coded?.code ?? first);
  return found.ok ? ok({ severity: found.value, rest: coded?.rest ?? words.slice(first.length).trim() }) : found;
}

export function parseSeverity(policy: Policy, word: string): Result<Severity, Refusal> {
  const severity = findSeverity(policy, word);
  return severity ? ok(severity) : no({ why: 'unknown-severity', word, known: policy.severities.map((one) => one.id) });
}

/** Downgrading is free and normal. The promise is rearmed by the transaction, which knows the last update. */
export function changeSeverity(
  incident: Incident,
  to: Severity,
  by: UserId,
  why: string | null,
  now: Date,
  last: { by: UserId | null; at: Date } | null,
): Result<Decision, Refusal> {
  if (incident.severity === to.id && incident.severityChosen)
    return no({ why: 'same-severity', incident, by: last?.by ?? null, at: last?.at ?? null });
  const reason = why ? md`: ${why}` : md``;
  return ok({
    change: { severity: to.id, severityChosen: true },
    entries: [
      {
        kind: 'severity_changed',
        actor: by,
        text: `${incident.severity} → ${to.id}${why ? `: ${why}` : ''}`,
        payload: { from: incident.severity, to: to.id, why },
      },
    ],
    jobs: [
      post(
        incident.id,
        'channel',
        message(md`*${ref(incident)} is ${to.id} now*, it was ${incident.severity} (${quietly(by)})${reason}`),
        now,
      ),
      ...redraw(incident.id, now),
    ],
    ...receipt(
      incident,
      md`${ref(incident)} is ${to.id} now.`,
      (there) => md`${rhythm(incident, to)}${back(incident, to, there)}`,
    ),
  });
}

/** What a person promised by hand stays as it is. */
const rhythm = (incident: Incident, { updateEvery }: Severity): Mrkdwn =>
  isOpen(incident) && incident.cadenceOffReason === null && incident.cadenceMs === null
    ? md`An update is promised every ${formatDuration(updateEvery)}. `
    : md``;

const back = ({ severity }: Incident, to: Severity, there: string): Mrkdwn =>
  severity === to.id
    ? md`It was only the default before.`
    : md`\`/incident severity ${severity}${there}\` takes it back.`;
