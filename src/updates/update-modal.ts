import { z } from 'zod';
import type { Status } from '../db/tables.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import { formatDuration, type Millis, parseDuration } from '../lib/duration.ts';
import { type IncidentId, incidentId } from '../lib/ids.ts';
import { findSeverity, type Policy, severityOf } from '../policy.ts';
import type { View } from '../slack/api.ts';
import { input, modal, select, textInput } from '../slack/blocks.ts';
import { cadenceOf } from './cadence.ts';
import type { Said } from './update.ts';
import { type Ear, filled, templateOf } from './wording.ts';

export const UPDATE = 'update';

/** Resolving asks more than an update does, so it has its own form. */
const STATUSES = ['investigating', 'identified', 'mitigated'] as const satisfies readonly Status[];

const NEXT = ['15m', '30m', '1h', '2h', '4h', '1d'];
/** The cadence's own next time. */
const AS_PROMISED = 'cadence';

export function updateModal(incident: Incident, policy: Policy): View {
  return modal({
    callback: UPDATE,
    title: `Update ${ref(incident)}`,
    submit: 'Post update',
    close: 'Cancel',
    metadata: JSON.stringify({ incident: incident.id, status: incident.status, severity: incident.severity }),
    blocks: [
      input(
        'text',
        'What is happening?',
        textInput({
          multiline: true,
          initial: prefilled(incident, policy, 'internal'),
          placeholder: 'Known, tried, next. "Still investigating, two leads" counts.',
        }),
      ),
      input(
        'audience',
        'For customers',
        textInput({ multiline: true, initial: prefilled(incident, policy, 'audience') }),
        {
          optional: true,
          hint: 'What they feel, what is being done, when the next word comes ({next} becomes the time). No causes, no jargon.',
        },
      ),
      input('status', 'Status', select(STATUSES.map(choice), incident.status)),
      input(
        'severity',
        'Severity',
        select(
          severitiesFor(incident, policy).map((id) => choice(id)),
          incident.severity,
        ),
      ),
      input('next', 'Next update in', select(nextChoices(incident, policy), AS_PROMISED)),
    ],
  });
}

/** The blanks are filled, as far as they are known. */
const prefilled = (incident: Incident, policy: Policy, ear: Ear): string =>
  filled(
    templateOf(policy, incident.severity, incident.status === 'mitigated' ? 'mitigation' : 'update', ear),
    incident,
    ear,
  );

const choice = (word: string) => ({ text: word, value: word });

/** An incident may outlive its severity's entry in the file. */
const severitiesFor = (incident: Incident, policy: Policy): string[] => [
  ...new Set([...policy.severities.map((severity) => severity.id), incident.severity]),
];

function nextChoices(incident: Incident, policy: Policy) {
  const off = incident.cadenceOffReason !== null;
  const cadence = formatDuration(cadenceOf(incident, severityOf(policy, incident.severity)));
  return [
    { text: off ? 'None promised (updates are off)' : `${cadence} (the cadence)`, value: AS_PROMISED },
    // An update in which a time is promised while updates are off would promise what nobody reminds of.
    ...(off ? [] : NEXT.map((value) => ({ text: formatDuration(lengthOf(value) ?? 0), value }))),
  ];
}

const lengthOf = (value: string): Millis | null => {
  const parsed = parseDuration(value);
  return parsed.ok ? parsed.value : null;
};

const UpdateForm = z.object({
  text: z.string('Say what is happening, even "still investigating, two leads".'),
  audience: z.string().nullable().default(null),
  status: z.enum(STATUSES, 'Choose a status.').nullable().default(null),
  severity: z.string().nullable().default(null),
  next: z
    .enum([AS_PROMISED, ...NEXT], 'Choose when the next update comes.')
    .nullable()
    .default(null),
});

const OpenedOn = z.object({ incident: z.int().positive(), status: z.string(), severity: z.string() });

/** What the form was opened on; null when the metadata is not ours. */
export function openedOn(privateMetadata: string): { incident: IncidentId; status: string; severity: string } | null {
  try {
    const read = OpenedOn.safeParse(JSON.parse(privateMetadata));
    return read.success ? { ...read.data, incident: incidentId(read.data.incident) } : null;
  } catch {
    return null;
  }
}

/**
 * The form's schema. Status and severity count as chosen only where they differ from what the form was opened on: a form
 * left open for ten minutes must not turn back what others have changed meanwhile.
 */
export const updateForm = (policy: Policy, on: { status: string; severity: string }) =>
  UpdateForm.transform(
    (form): Said => ({
      text: form.text,
      audienceText: form.audience,
      status: form.status === on.status ? null : form.status,
      severity: form.severity === null || form.severity === on.severity ? null : findSeverity(policy, form.severity),
      nextIn: form.next === null ? null : lengthOf(form.next),
    }),
  );
