import { z } from 'zod';
import { type Incident, ref } from '../incidents/incident.ts';
import { type IncidentId, incidentId } from '../lib/ids.ts';
import { writtenAt } from '../lib/when.ts';
import type { View } from '../slack/api.ts';
import { context, input, modal, section, select, textInput } from '../slack/blocks.ts';
import { date, joined, md } from '../slack/mrkdwn.ts';
import { CLOCK, CLOCK_NAMES } from './clock-names.ts';
import { type Standing, standsAt } from './strike.ts';

/** The forms that correct the record. */

export const STRIKE = 'strike-entry';
export const MOVE = 'move-entry';
export const CLOCK_FORM = 'clock';

const WHY = z.string('Say why; one sentence is enough.');
const WHEN = z.string('Say when, like yesterday 14:05 or 10 min ago.');

export const strikeModal = (incident: Incident, standing: Standing): View =>
  modal({
    callback: STRIKE,
    title: 'Strike out',
    submit: 'Strike out',
    close: 'Cancel',
    metadata: JSON.stringify({ incident: incident.id, entry: standing.entry.id }),
    blocks: [
      section(
        md`The entry of ${date(standsAt(standing))} leaves the story of ${ref(incident)}: summaries and the postmortem quote it no more. The record keeps it, with your name and reason.`,
      ),
      input('why', 'Why?', textInput({ max: 500 })),
    ],
  });

export const StrikeForm = z.object({ why: WHY });

export const moveModal = (incident: Incident, standing: Standing, timezone: string): View =>
  modal({
    callback: MOVE,
    title: 'Correct the time',
    submit: 'Correct',
    close: 'Cancel',
    metadata: JSON.stringify({ incident: incident.id, entry: standing.entry.id, shown: standsAt(standing).getTime() }),
    blocks: [
      input('when', 'When was it?', textInput({ max: 60, initial: writtenAt(standsAt(standing), timezone) }), {
        hint: hint(timezone),
      }),
      input('why', 'Why?', textInput({ max: 500 })),
    ],
  });

export const MoveForm = z.object({ when: WHEN, why: WHY });

const hint = (timezone: string): string => `Like yesterday 14:05, 10 min ago or 2026-11-20 14:05, in ${timezone}.`;

export const clockModal = (incident: Incident, timezone: string): View =>
  modal({
    callback: CLOCK_FORM,
    title: `Clock of ${ref(incident)}`,
    submit: 'Correct',
    close: 'Cancel',
    metadata: JSON.stringify({ incident: incident.id }),
    blocks: [
      context(
        joined(
          CLOCK_NAMES.map((name) => {
            const at = incident[CLOCK[name]];
            return at ? md`${name} ${date(at)}` : md`${name}: not known`;
          }),
          ' · ',
        ),
      ),
      input('what', 'Which time?', select(CLOCK_NAMES.map((name) => ({ text: name, value: name })))),
      input('when', 'When was it?', textInput({ max: 60 }), { hint: hint(timezone) }),
      input('why', 'Why?', textInput({ max: 500 })),
    ],
  });

export const ClockForm = z.object({ what: z.enum(CLOCK_NAMES, 'Choose which time.'), when: WHEN, why: WHY });

const Metadata = z.object({
  incident: z.int().positive(),
  entry: z.int().positive().optional(),
  shown: z.number().optional(),
});

/** What a form was opened on; null when the metadata is not ours. */
export function openedOn(metadata: string): { incident: IncidentId; entry: number; shown: number } | null {
  try {
    const read = Metadata.safeParse(JSON.parse(metadata)).data;
    return read ? { incident: incidentId(read.incident), entry: read.entry ?? 0, shown: read.shown ?? 0 } : null;
  } catch {
    return null;
  }
}
