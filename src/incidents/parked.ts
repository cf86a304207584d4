import type { Job, NewJob } from '../jobs/job.ts';
import { message } from '../slack/blocks.ts';
import { type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { type Incident, ref } from './incident.ts';
import { post } from './redraw.ts';

/** What could not be done is said where the incident is worked on, with how to mend it. Marks what it says, so that a notice never begets notices. */
export const NOTICE = 'notice';

export function sayParked(incident: Incident, job: Job, reason: string, now: Date): NewJob[] {
  const what = TITLES[job.kind];
  if (!what || (job.kind === 'post' && job.as === NOTICE) || (job.kind === 'dm' && job.incident === undefined))
    return [];
  const text = md`:warning: ${ref(incident)}: ${what} did not work (${reason.slice(0, 300)}). ${mend(reason)}`;
  const unheard = job.kind === 'open-channel' || (job.kind === 'post' && job.to === 'channel');
  if (!unheard) return [post(incident.id, 'channel', message(text), now, NOTICE)];
  return [{ job: { kind: 'dm', user: incident.declaredBy, message: message(text) }, runAt: now }];
}

const TITLES: Partial<Record<Job['kind'], string>> = {
  'open-channel': 'opening its channel',
  invite: 'inviting people',
  'post-card': 'posting its card',
  'pin-card': 'pinning its card',
  'draw-card': 'redrawing its card',
  'draw-topic': 'setting the topic',
  bookmark: 'adding a bookmark',
  'post-announcement': 'announcing it',
  'draw-announcement': 'redrawing its announcement',
  post: 'a message of Sitrep',
  edit: 'editing a message of Sitrep',
  dm: 'a private message of Sitrep',
  page: 'calling the people of a user group',
  'archive-channel': 'archiving its channel',
  'upload-draft': 'uploading the postmortem',
  'remove-files': 'removing files of the postmortem from Slack',
  draft: 'drafting the postmortem',
  backfill: 'reading what was said before the channel was known',
  'action-from': 'noting a message as an action item',
};

/** Slack's word → the way out, for the ones a person can do something about. */
const MENDS: readonly (readonly [RegExp, string])[] = [
  [/missing_scope/, 'Reinstall the app with the scopes of manifest.yml.'],
  [/restricted_action/, 'The workspace forbids it: an admin can allow it for apps, or a person does it by hand.'],
  [/not_in_channel|channel_not_found/, 'Invite Sitrep to the channel: `/invite @sitrep`.'],
  [/is_archived/, 'Unarchive the channel, a bot may not.'],
  [/too_many_pins/, 'Unpin something, then pin the card by hand.'],
  [/invalid_auth|token_revoked|account_inactive/, 'The token no longer works: reinstall the app and set the new one.'],
  [
    /cant_delete_file|file_deleting_disabled/,
    'They hold what was taken back, or what is private by now: delete them by hand.',
  ],
  [/user_disabled|user_not_found|cannot_dm_bot/, 'That person cannot be reached in Slack.'],
];

function mend(reason: string): Mrkdwn {
  const known = MENDS.find(([pattern]) => pattern.test(reason));
  return md`${known?.[1] ?? 'The rest went on.'} The operator sees it with \`sitrep jobs\` and can retry it.`;
}
