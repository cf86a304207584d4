import { z } from 'zod';
import { type Incident, ref } from '../incidents/incident.ts';
import { type IncidentId, incidentId } from '../lib/ids.ts';
import type { View } from '../slack/api.ts';
import { input, modal, textInput } from '../slack/blocks.ts';
import { BRIEF_FIELDS, LONGEST_PART } from './brief.ts';
import { label } from './brief-blocks.ts';
import type { Offer } from './offer.ts';

export const BRIEF = 'handoff-brief';

/** Severity, promise and tasks are not in it: they are changed where they are. */
export const briefModal = (incident: Incident, offer: Offer): View =>
  modal({
    callback: BRIEF,
    title: `Brief of ${ref(incident)}`,
    submit: 'Save',
    close: 'Cancel',
    metadata: JSON.stringify({ incident: incident.id, offer: offer.id, version: offer.briefVersion }),
    blocks: BRIEF_FIELDS.map((field) =>
      input(field, label(field), textInput({ multiline: true, max: LONGEST_PART, initial: offer.brief[field] }), {
        optional: true,
      }),
    ),
  });

const OpenedOn = z.object({ incident: z.int().positive(), offer: z.int().positive(), version: z.int().positive() });

/** What the form was opened on; null when the metadata is not ours. */
export function openedOn(privateMetadata: string): { incident: IncidentId; offer: number; version: number } | null {
  try {
    const read = OpenedOn.safeParse(JSON.parse(privateMetadata));
    return read.success ? { ...read.data, incident: incidentId(read.data.incident) } : null;
  } catch {
    return null;
  }
}

/** An emptied part says that there is nothing. */
const part = z
  .string()
  .max(LONGEST_PART)
  .nullable()
  .default(null)
  .transform((text) => text ?? 'Nothing to say.');

export const BriefForm = z.object({ stands: part, tried: part, pending: part, risks: part });
