import { z } from 'zod';
import { type Incident, ref } from '../incidents/incident.ts';
import { formatDuration } from '../lib/duration.ts';
import { userId } from '../lib/ids.ts';
import type { View } from '../slack/api.ts';
import { input, modal, peopleSelect, textInput } from '../slack/blocks.ts';
import { USUAL } from './parse.ts';
import { LONGEST_TASK } from './task.ts';

export const TASK = 'task';

export const taskModal = (incident: Incident): View =>
  modal({
    callback: TASK,
    title: `Task of ${ref(incident)}`,
    submit: 'Ask',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: [
      input('what', 'What is to be done?', textInput({ max: LONGEST_TASK })),
      input('who', 'Who?', peopleSelect(), { optional: true, hint: 'Nobody: you take it yourself.' }),
      input('within', 'Within', textInput({ max: 40, placeholder: '15m' }), {
        optional: true,
        hint: `Empty: ${formatDuration(USUAL)}.`,
      }),
    ],
  });

export const TaskForm = z.object({
  what: z.string('Say what is to be done; one line is enough.').max(LONGEST_TASK),
  who: z
    .string()
    .nullable()
    .default(null)
    .transform((who) => (who === null ? null : userId(who))),
  within: z.string().nullable().default(null),
});
