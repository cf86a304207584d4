import { z } from 'zod';
import type { IncidentId } from '../lib/ids.ts';
import { incidentId } from '../lib/ids.ts';
import type { Policy } from '../policy.ts';
import type { View } from '../slack/api.ts';
import { dateTimePicker, input, modal, multiSelect, select, textInput } from '../slack/blocks.ts';
import { type Incident, ref } from './incident.ts';
import { startedAt } from './started-at.ts';

/** The smaller forms of an incident. Each carries the incident's number as its metadata. */

export const RESOLVE = 'resolve';
export const SEVERITY = 'severity';
export const EDIT = 'edit';

export const FORM_LOST =
  'This form has lost its incident, or you are no longer in it. Close it and open it again from its channel.';

/** The incident a form is about; null when the metadata is not ours. */
export function formIncident(metadata: string): IncidentId | null {
  const number = Number(metadata);
  return Number.isSafeInteger(number) && number > 0 ? incidentId(number) : null;
}

export const resolveModal = (incident: Incident): View =>
  modal({
    callback: RESOLVE,
    title: `Resolve ${ref(incident)}`,
    submit: 'Resolve',
    close: 'Not yet',
    metadata: String(incident.id),
    blocks: [
      input('fixed', 'What fixed it?', textInput({ multiline: true, initial: incident.resolution })),
      input('impact', 'What did users feel?', textInput({ multiline: true, initial: incident.impact }), {
        optional: true,
      }),
    ],
  });

export const ResolveForm = z.object({
  fixed: z.string('Say what fixed it; one sentence is enough.'),
  impact: z.string().nullable().default(null),
});

export const severityModal = (incident: Incident, policy: Policy): View =>
  modal({
    callback: SEVERITY,
    title: 'Change severity',
    submit: 'Change',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: [
      input(
        'severity',
        'Severity',
        select(
          policy.severities.map((one) => ({ text: one.id, value: one.id, description: one.criteria.slice(0, 75) })),
          incident.severity,
        ),
      ),
      input('why', 'Why?', textInput(), { optional: true }),
    ],
  });

export const SeverityForm = z.object({
  severity: z.string('Choose a severity.'),
  why: z.string().nullable().default(null),
});

export function editModal(incident: Incident, policy: Policy): View {
  const services = policy.services.map((service) => ({ text: service.name, value: service.id }));
  return modal({
    callback: EDIT,
    title: `Correct ${ref(incident)}`,
    submit: 'Save',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: [
      input('title', 'Title', textInput({ initial: incident.title })),
      input('impact', 'What do users feel?', textInput({ multiline: true, initial: incident.impact }), {
        optional: true,
      }),
      ...(services.length > 0
        ? [input('services', 'Services', multiSelect(services, incident.services), { optional: true })]
        : []),
      input('startedAt', 'When did it start?', dateTimePicker(incident.impactStartedAt), { optional: true }),
    ],
  });
}

export const editForm = (now: Date) =>
  z.object({
    title: z.string('An incident needs a title.'),
    impact: z.string().nullable().default(null),
    services: z.array(z.string()).optional(),
    startedAt: startedAt(now),
  });
export type Edited = z.output<ReturnType<typeof editForm>>;
