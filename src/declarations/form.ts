import { z } from 'zod';
import { type Declaration, unsaid } from '../incidents/declare.ts';
import { type Incident, isOpen, isPrivate, ref, wasOver } from '../incidents/incident.ts';
import { servicesInput } from '../incidents/services.ts';
import { severityInput } from '../incidents/severity-input.ts';
import { pastInstant, startedAt } from '../incidents/started-at.ts';
import { type IncidentId, incidentId, instantOf, type Ts, ts } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import type { View } from '../slack/api.ts';
import { checkbox, context, dateTimePicker, input, modal, section, select, textInput } from '../slack/blocks.ts';
import { channelLink, joined, md, plainOf } from '../slack/mrkdwn.ts';
import type { Alike } from './alike.ts';
import { askedInForm } from './duplicates.ts';
import { outOfOrder, type Stage } from './times.ts';

export const DECLARE = 'declare';

/** The message a form was opened on. `kept`: under which name the whole of it is kept, as the form has not room for it. */
export type Carried = NonNullable<Declaration['from']> & { readonly kept: string | null };

/** What the form shows at first. */
export type Draft = Omit<Declaration, 'severity' | 'severityChosen' | 'fromWord' | 'from'> & {
  readonly severity: string | null;
  readonly from: Carried | null;
};

export const blank: Draft = {
  ...unsaid,
  title: '',
  severity: null,
  visibility: 'public',
  kind: 'real',
};

/** A message becomes a title; the whole of it goes into the record, which links to it. By then it was noticed. */
export const fromMessage = (
  said: { ts: Ts; text: string },
  link: string,
): { title: string; from: Carried; noticedAt: Date } => {
  const text = plainOf(said.text).trim();
  return {
    title: shorten(text.split('\n')[0] ?? '', 150),
    from: { ts: said.ts, link, text, kept: null },
    noticedAt: instantOf(said.ts),
  };
};

/** What is known of a drill that turned out to be real. */
export const fromDrill = ({
  title,
  severity,
  services,
  impact,
  impactStartedAt,
  visibility,
}: Incident): Partial<Draft> => ({
  title,
  severity,
  services,
  impact,
  startedAt: impactStartedAt,
  visibility,
});

/** Metadata has room for 3,000 characters, and JSON writes some of them as six. */
const MOST_OF_A_MESSAGE = 300;

export const fitsInForm = (text: string): boolean => text.length <= MOST_OF_A_MESSAGE;

/**
 * The form. `found`: open incidents that may be the same, above it; its button then declares. `running`: those the
 * message it was opened on can be added to instead. `drill`: the one that is filled in.
 */
export function declareModal(
  policy: Policy,
  draft: Draft,
  {
    found = [],
    running = [],
    drill = null,
  }: { found?: readonly Alike[]; running?: readonly Incident[]; drill?: Incident | null } = {},
): View {
  const open = running.map((one) => ({ text: `${ref(one)} ${one.title}`, value: String(one.id) }));
  return modal({
    callback: DECLARE,
    title: 'Declare an incident',
    submit: found.length > 0 ? 'Declare anyway' : 'Declare',
    close: 'Cancel',
    metadata: JSON.stringify({
      asked: found.map((one) => one.id),
      from: draft.from && { ...draft.from, text: shorten(draft.from.text, MOST_OF_A_MESSAGE) },
    }),
    blocks: [
      ...(found.length > 0 ? askedInForm(found) : []),
      ...(drill
        ? [
            section(
              md`*This one is real.* It is filled in from ${ref(drill)}, which stays a drill: correct what is otherwise in reality.`,
            ),
          ]
        : []),
      ...(open.length > 0
        ? [
            input('addTo', 'Add to an open incident instead', select(open), {
              optional: true,
              hint: 'The message goes into its timeline, and nothing is declared.',
            }),
          ]
        : []),
      input(
        'title',
        'Title',
        textInput({ initial: draft.title, placeholder: 'What is broken, in the words of who feels it' }),
      ),
      ...severityInput(policy, draft.severity ?? policy.defaultSeverity, {
        hint: 'Impact only, never effort. Any one criterion is enough; downgrading is free.',
      }),
      ...servicesInput(policy, draft.services),
      input('impact', 'What do users feel?', textInput({ multiline: true, initial: draft.impact }), { optional: true }),
      input('startedAt', 'When did it start?', dateTimePicker(draft.startedAt), { optional: true }),
      input(
        'private',
        'Private',
        checkbox({ text: 'Only invited people see it', value: 'private' }, draft.visibility === 'private'),
        { optional: true },
      ),
      input(
        'drill',
        'Drill',
        checkbox(
          { text: 'A practice run: marked as a drill everywhere; nobody is paged', value: 'drill' },
          draft.kind === 'drill',
        ),
        { optional: true },
      ),
      input('noticedAt', 'When was it noticed?', dateTimePicker(draft.noticedAt), { optional: true }),
      input('mitigatedAt', 'When did users stop feeling it?', dateTimePicker(draft.mitigatedAt), {
        optional: true,
        hint: 'Leave it empty while they feel it.',
      }),
      input('overAt', 'When was it over?', dateTimePicker(draft.overAt), {
        optional: true,
        hint: 'For what you declare afterwards: it is resolved at once, nobody is called or reminded.',
      }),
    ],
  });
}

const About = z.object({
  asked: z.array(z.int().positive().transform(incidentId)),
  from: z
    .object({
      ts: z.string().transform(ts),
      link: z.string(),
      text: z.string(),
      kept: z.string().nullable().default(null),
    })
    .nullable(),
});

/** What the form carried: the incidents it asked about, and the message it was opened on. */
export function about(metadata: string): { asked: readonly IncidentId[]; from: Carried | null } {
  try {
    return About.safeParse(JSON.parse(metadata)).data ?? { asked: [], from: null };
  } catch {
    return { asked: [], from: null };
  }
}

const longAgo = 'It cannot have been so long ago.';
const BEFORE: Record<Stage, string> = {
  startedAt: 'it started',
  mitigatedAt: 'users stopped feeling it',
  overAt: 'it was over',
};

/** What the form gives. `now` bounds its times: nothing happened in the future. */
export const declareForm = (policy: Policy, now: Date) =>
  z
    .object({
      title: z.string('Say what is broken; a few words are enough.'),
      severity: z.enum(
        policy.severities.map((one) => one.id),
        'Choose a severity.',
      ),
      services: z.array(z.string()).default([]),
      impact: z.string().nullable().default(null),
      startedAt: startedAt(now),
      noticedAt: pastInstant(now, { future: 'It cannot have been noticed in the future.', longAgo }),
      mitigatedAt: pastInstant(now, {
        future: 'Users cannot have stopped feeling it in the future. Leave it empty while they feel it.',
        longAgo,
      }),
      overAt: pastInstant(now, {
        future: 'It cannot be over in the future. Leave it empty while it goes on.',
        longAgo,
      }),
      addTo: z
        .string()
        .regex(/^\d+$/)
        .transform((number) => incidentId(Number(number)))
        .nullable()
        .default(null),
      private: z.array(z.string()).default([]),
      drill: z.array(z.string()).default([]),
    })
    .superRefine((form, context) => {
      const wrong = outOfOrder(form);
      if (!wrong) return;
      const message = `This is before ${BEFORE[wrong.earlier]}. Correct one of the two times.`;
      context.addIssue({ code: 'custom', path: [wrong.later], message });
    })
    .transform((form): Declaration & { addTo: IncidentId | null } => ({
      addTo: form.addTo,
      from: null,
      title: form.title,
      severity: form.severity,
      // Left at what the form offered, nobody chose it: office hours do not put off its reminders.
      severityChosen: form.severity !== policy.defaultSeverity,
      fromWord: null,
      services: form.services,
      impact: form.impact,
      startedAt: form.startedAt,
      noticedAt: form.noticedAt,
      mitigatedAt: form.mitigatedAt,
      overAt: form.overAt,
      visibility: form.private.length > 0 ? 'private' : 'public',
      kind: form.drill.length > 0 ? 'drill' : 'real',
    }));

/** What the form turns into when its message was added to an incident; that may have ended meanwhile. */
export function addedView(incident: Incident): View {
  const where = incident.channelId ? md`Go to ${channelLink(incident.channelId)}.` : md`Its channel opens.`;
  return modal({
    callback: 'added',
    title: `Added to ${ref(incident)}`,
    blocks: [
      section(
        joined([
          md`*The message is in the timeline of ${ref(incident)}* (${incident.severity} ${incident.title.slice(0, 200)}).`,
          where,
        ]),
      ),
      context(
        isOpen(incident)
          ? md`Nothing was declared.`
          : md`Nothing was declared, and ${ref(incident)} is ${incident.status} by now. Is it back? Say \`/incident reopen <why>\` there.`,
      ),
    ],
  });
}

/** What the form turns into: at once without the channel, then with its link. */
export function declaredView(incident: Incident): View {
  const channel = incident.channelId
    ? md`Go to ${channelLink(incident.channelId)}.`
    : md`Opening its ${isPrivate(incident) ? 'private ' : ''}channel …`;
  return modal({
    callback: 'declared',
    title: `${ref(incident)} declared`,
    blocks: [
      section(joined([md`*${ref(incident)} declared* (${incident.severity})`, channel])),
      context(
        wasOver(incident)
          ? md`It is resolved, as it was over: nobody is called or reminded.`
          : md`Thank you for saying it early.`,
      ),
    ],
  });
}
