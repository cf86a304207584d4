import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findSeverity, type Policy, type Severity } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { md, mention } from '../slack/mrkdwn.ts';
import type { Decision } from './decision.ts';
import { type Incident, ref } from './incident.ts';
import { post, redraw } from './redraw.ts';
import type { Refusal } from './refusals.ts';

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
        message(md`*${ref(incident)} is ${to.id} now*, it was ${incident.severity} (${mention(by)})${reason}`),
        now,
      ),
      ...redraw(incident.id, now),
    ],
    answer: message(md`${ref(incident)} is ${to.id} now.`),
  });
}
