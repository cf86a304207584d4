import { z } from 'zod';
import type { Policy } from '../policy.ts';
import type { View } from '../slack/api.ts';
import {
  checkbox,
  context,
  dateTimePicker,
  input,
  modal,
  multiSelect,
  section,
  select,
  textInput,
} from '../slack/blocks.ts';
import { channelLink, joined, md } from '../slack/mrkdwn.ts';
import type { Declaration } from './declare.ts';
import { type Incident, isPrivate, ref } from './incident.ts';
import { startedAt } from './started-at.ts';

export const DECLARE = 'declare';

/** The form; what was typed after `declare` is filled in already. */
export function declareModal(policy: Policy, draft: { title: string; severity: string | null }): View {
  const services = policy.services.map((service) => ({ text: service.name, value: service.id }));
  return modal({
    callback: DECLARE,
    title: 'Declare an incident',
    submit: 'Declare',
    close: 'Cancel',
    blocks: [
      input(
        'title',
        'Title',
        textInput({ initial: draft.title, placeholder: 'What is broken, in the words of who feels it' }),
      ),
      input(
        'severity',
        'Severity',
        select(
          policy.severities.map((one) => ({ text: one.id, value: one.id, description: short(one.criteria) })),
          draft.severity ?? policy.defaultSeverity,
        ),
        { hint: 'Impact only, never effort. Any one criterion is enough; downgrading is free.' },
      ),
      ...(services.length > 0 ? [input('services', 'Services', multiSelect(services), { optional: true })] : []),
      input('impact', 'What do users feel?', textInput({ multiline: true }), { optional: true }),
      input('startedAt', 'When did it start?', dateTimePicker(), { optional: true }),
      input('private', 'Private', checkbox({ text: 'Only invited people see it', value: 'private' }), {
        optional: true,
      }),
      input(
        'drill',
        'Drill',
        checkbox({ text: 'A practice run: marked as a drill everywhere; nobody is paged', value: 'drill' }),
        { optional: true },
      ),
    ],
  });
}

const short = (criteria: string): string => (criteria.length > 75 ? `${criteria.slice(0, 74)}…` : criteria);

/** What the form gives. `now` bounds the start: nothing starts in the future. */
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
      private: z.array(z.string()).default([]),
      drill: z.array(z.string()).default([]),
    })
    .transform(
      (form): Declaration => ({
        title: form.title,
        severity: form.severity,
        // Left at what the form offered, nobody chose it: office hours do not put off its reminders.
        severityChosen: form.severity !== policy.defaultSeverity,
        fromWord: null,
        services: form.services,
        impact: form.impact,
        startedAt: form.startedAt,
        visibility: form.private.length > 0 ? 'private' : 'public',
        kind: form.drill.length > 0 ? 'drill' : 'real',
      }),
    );

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
      context(md`Thank you for saying it early.`),
    ],
  });
}
