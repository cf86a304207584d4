import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { IncidentId } from '../lib/ids.ts';
import { incidentId } from '../lib/ids.ts';
import { shorten, storable } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import type { View } from '../slack/api.ts';
import { dateTimePicker, input, modal, textInput } from '../slack/blocks.ts';
import { elementLimits } from '../slack/limits.ts';
import { type Ear, filled, templateOf, type Worded, withNext } from '../updates/wording.ts';
import { type Incident, ref } from './incident.ts';
import type { Seen } from './seen.ts';
import { servicesInput, servicesShown } from './services.ts';
import { severityInput } from './severity-input.ts';
import { startedAt } from './started-at.ts';
import { STATUSES } from './status.ts';

/** The smaller forms of an incident. Each carries the incident's number as its metadata, and what it showed where others may correct it meanwhile. */

export const RESOLVE = 'resolve';
export const SEVERITY = 'severity';
export const EDIT = 'edit';
export const REOPEN = 'reopen';
export const CANCEL = 'cancel';

export const FORM_LOST =
  'This form has lost its incident, or you are no longer in it. Close it and open it again from its channel.';

/** The incident a form is about; null when the metadata is not ours. */
export function formIncident(metadata: string): IncidentId | null {
  const number = Number(read(metadata, About)?.incident ?? metadata);
  return Number.isSafeInteger(number) && number > 0 ? incidentId(number) : null;
}

const opened = (incident: Incident, shown: Record<string, unknown>): string =>
  JSON.stringify({
    incident: incident.id,
    shown: Object.fromEntries(Object.entries(shown).map(([field, value]) => [field, print(value)])),
  });

/** The same of a form that is about how the incident stands. */
const openedOn = ({ id, status, severity }: Incident): string =>
  JSON.stringify({ incident: id, seen: { status, severity } satisfies Seen });

export const seenIn = (metadata: string): Seen | null => read(metadata, SeenThen)?.seen ?? null;

/** What every form's metadata says, whatever else each carries. */
const About = z.object({ incident: z.int() });
const Opened = About.extend({ shown: z.record(z.string(), z.string()) });
const SeenThen = About.extend({ seen: z.object({ status: z.enum(STATUSES), severity: z.string() }) });

function read<T>(metadata: string, as: z.ZodType<T>): T | null {
  try {
    return as.safeParse(JSON.parse(metadata)).data ?? null;
  } catch {
    return null;
  }
}

/** The fields that differ from what their form showed: what was left alone must not turn back what others corrected, nor cut what was shown in part. */
export function changedIn<F extends Record<string, unknown>>(metadata: string, fields: F): Partial<F> {
  const shown = read(metadata, Opened)?.shown ?? {};
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) => print(value) !== shown[field]),
  ) as Partial<F>;
}

/** Metadata has room for 3,000 characters, a single field may have as many: so it carries a print of each. */
const print = (shown: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(Array.isArray(shown) ? shown.toSorted() : shown).replaceAll('\\r\\n', '\\n'))
    .digest('hex')
    .slice(0, 16);

/** A text as its field shows it and gives it back. */
const shownText = (text: string | null): string | null =>
  storable(shorten(text ?? '', elementLimits.inputLength).trim()) || null;

export const resolveModal = (incident: Incident, policy: Worded): View =>
  modal({
    callback: RESOLVE,
    title: `Resolve ${ref(incident)}`,
    submit: 'Resolve',
    close: 'Not yet',
    metadata: opened(incident, { impact: shownText(incident.impact) }),
    blocks: [
      input(
        'fixed',
        'What fixed it?',
        textInput({ multiline: true, initial: incident.resolution ?? resolved(incident, policy, 'internal') }),
      ),
      input('impact', 'What did users feel?', textInput({ multiline: true, initial: incident.impact }), {
        optional: true,
      }),
      input(
        'audience',
        'For customers',
        textInput({ multiline: true, initial: resolved(incident, policy, 'audience') }),
        { optional: true, hint: 'What they felt, and that it is over. No causes, no jargon.' },
      ),
    ],
  });

const resolved = (incident: Incident, policy: Worded, ear: Ear): string =>
  withNext(filled(templateOf(policy, incident.severity, 'resolution', ear), incident, ear), 'when there is news');

export const ResolveForm = z.object({
  fixed: z.string('Say what fixed it; one sentence is enough.'),
  impact: z.string().nullable().default(null),
  audience: z.string().nullable().default(null),
});

export const severityModal = (incident: Incident, policy: Policy): View =>
  modal({
    callback: SEVERITY,
    title: 'Change severity',
    submit: 'Change',
    close: 'Cancel',
    metadata: openedOn(incident),
    blocks: [...severityInput(policy, incident.severity), input('why', 'Why?', textInput(), { optional: true })],
  });

export const SeverityForm = z.object({
  severity: z.string('Choose a severity.'),
  why: z.string().nullable().default(null),
});

/** What is only done with a reason, asked for where none was typed. */
const REASONED = {
  [REOPEN]: {
    does: 'Reopen',
    submit: 'Reopen',
    close: 'Leave it',
    hint: 'It is investigated again: updates are promised anew, and the times of its end are cleared from the clock.',
  },
  [CANCEL]: {
    does: 'Cancel',
    submit: 'Cancel incident',
    close: 'Leave it',
    hint: 'A false alarm: reminders and tasks end with it, and it owes no postmortem.',
  },
} as const;

export const whyModal = (incident: Incident, callback: keyof typeof REASONED): View =>
  modal({
    callback,
    title: `${REASONED[callback].does} ${ref(incident)}`,
    submit: REASONED[callback].submit,
    close: REASONED[callback].close,
    metadata: openedOn(incident),
    blocks: [input('why', 'Why?', textInput({ multiline: true }), { hint: REASONED[callback].hint })],
  });

export const WhyForm = z.object({ why: z.string('Say why; a few words are enough.') });

export function editModal(incident: Incident, policy: Policy): View {
  const started = incident.impactStartedAt && Math.floor(incident.impactStartedAt.getTime() / 1_000) * 1_000;
  return modal({
    callback: EDIT,
    title: `Correct ${ref(incident)}`,
    submit: 'Save',
    close: 'Cancel',
    metadata: opened(incident, {
      title: shownText(incident.title),
      impact: shownText(incident.impact),
      services: servicesShown(policy, incident.services),
      impactStartedAt: started === null ? null : new Date(started),
    }),
    blocks: [
      input('title', 'Title', textInput({ initial: incident.title })),
      input('impact', 'What do users feel?', textInput({ multiline: true, initial: incident.impact }), {
        optional: true,
      }),
      ...servicesInput(policy, incident.services),
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
