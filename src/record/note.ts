import type { Decision } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { UserId } from '../lib/ids.ts';
import { message } from '../slack/blocks.ts';
import { md, quietly } from '../slack/mrkdwn.ts';

/** Written down for the record, and shown under the card so that others see it. */
export const note = (incident: Incident, text: string, by: UserId, intent: string, now: Date): Decision => ({
  entries: [{ kind: 'note', actor: by, text }],
  jobs: [
    post(
      incident.id,
      'card-thread',
      message(md`:memo: ${quietly(by)} noted: ${text}`),
      now,
      // As the entry is known: who redacts the post redacts the note.
      `note:${intent}`,
    ),
  ],
  answer: message(md`Noted in the timeline of ${ref(incident)}.`),
});
