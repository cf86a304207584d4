import { listed, plural } from '../lib/text.ts';
import { type Finding, fine, note, problem } from './finding.ts';

/** Slack's word for why not, said for people, with the way out. */
export function remedyFor(code: string): string {
  return REMEDIES[code] ?? `Slack says ${code}: look it up at https://docs.slack.dev/reference/methods.`;
}

const REINSTALL = 'install the app again under OAuth & Permissions and copy the Bot User OAuth Token';
const REMEDIES: Readonly<Record<string, string>> = {
  invalid_auth: `The token is not of this workspace or no longer valid: ${REINSTALL}.`,
  token_revoked: `The token was revoked: ${REINSTALL}.`,
  token_expired: `The token has expired; the app was made with token rotation, which Sitrep does not use: turn it off, ${REINSTALL}.`,
  account_inactive: `The app was removed from the workspace: ${REINSTALL}.`,
  not_authed: `The token is empty: ${REINSTALL}.`,
  not_allowed_token_type:
    'This is another kind of token: SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-.',
  missing_scope: 'Add the scopes of manifest.yml under OAuth & Permissions, and install the app again.',
  ratelimited: 'Slack asks to wait: run sitrep doctor again in a minute.',
  network: 'Slack cannot be reached from here: check the network, proxies, and SLACK_API_URL.',
  timeout: 'Slack did not answer within 5 s: check the network, and https://slack-status.com.',
  no_answer_of_slack: 'Something that is not Slack answered: check SLACK_API_URL and proxies.',
  too_many_channels: 'There are too many channels to look through: give its id in place of the name.',
};

type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string };

export const botTokenFinding = (us: Asked<{ url: string; team: string; user: string }>): Finding =>
  us.ok
    ? fine(`SLACK_BOT_TOKEN is @${us.value.user} in ${us.value.team} (${us.value.url})`)
    : problem('SLACK_BOT_TOKEN is not accepted by Slack', remedyFor(us.code));

/** Slack: a socket's address is given only when Socket Mode is on and the token has connections:write. */
export function appTokenFinding(socket: Asked<unknown>): Finding {
  if (socket.ok) return fine('SLACK_APP_TOKEN can open sockets; none was opened');
  const own: Readonly<Record<string, string>> = {
    invalid_auth: 'Make an app-level token with connections:write under Basic Information → App-Level Tokens.',
    token_revoked: 'Make a new app-level token under Basic Information → App-Level Tokens.',
    missing_scope: 'Make an app-level token with the scope connections:write.',
    socket_mode_disabled: 'Turn Socket Mode on in the settings of the app.',
  };
  return problem('SLACK_APP_TOKEN opens no socket', own[socket.code] ?? remedyFor(socket.code));
}

/** Granted against manifest.yml; null when Slack did not say. */
export function scopeFindings(granted: readonly string[] | null, wanted: readonly string[]): Finding[] {
  if (granted === null) return [note('Slack did not say which scopes the token has')];
  const missing = wanted.filter((scope) => !granted.includes(scope));
  const surplus = granted.filter((scope) => !wanted.includes(scope));
  const found: Finding[] = [];
  if (missing.length > 0)
    found.push(
      problem(
        `${plural(missing.length, 'scope')} of manifest.yml not granted: ${listed(missing)}`,
        'Add under OAuth & Permissions → Bot Token Scopes, and install the app again.',
      ),
    );
  else found.push(fine(`All ${plural(wanted.length, 'scope')} of manifest.yml are granted`));
  if (surplus.length > 0)
    found.push(
      note(
        `${plural(surplus.length, 'scope')} granted and never used: ${listed(surplus)}`,
        'Take away what nobody else needs.',
      ),
    );
  return found;
}

interface Channel {
  readonly name: string;
  readonly is_member: boolean;
  readonly is_archived: boolean;
}

/** `configured` is an id, or a name without `#`. */
export function announcementFinding(configured: string, isId: boolean, channel: Asked<Channel | null>): Finding {
  const called = isId ? configured : `#${configured}`;
  if (!channel.ok && isId && channel.code === 'channel_not_found')
    return problem(
      `The announcement channel ${called} is not seen by the bot`,
      'Correct announceChannel in sitrep.yml, or invite the bot if the channel is private.',
    );
  if (!channel.ok) return problem(`The announcement channel ${called} could not be looked up`, remedyFor(channel.code));
  if (channel.value === null)
    return note(
      `The announcement channel ${called} does not exist`,
      'It is made with the first incident; if it is a private one, invite the bot or give its id.',
    );
  if (channel.value.is_archived)
    return problem(`The announcement channel ${called} is archived`, 'Unarchive it, or name another in sitrep.yml.');
  if (!channel.value.is_member)
    return note(
      `The bot is not in the announcement channel ${called}`,
      'It posts there all the same; to see replies, invite it.',
    );
  return fine(`The announcement channel is #${channel.value.name}`);
}

export interface Membership {
  readonly ref: string;
  /** Not its title: a private incident has one too. */
  readonly channel: string;
  /** `none`: not opened yet. */
  readonly is: 'in' | 'out' | 'archived' | 'gone' | 'none';
}

export function membershipFindings(open: readonly Membership[]): Finding[] {
  const wrong = open.filter(({ is }) => is !== 'in').map(membershipFinding);
  if (open.length === 0) return [fine('No incident is open')];
  const right = open.length - wrong.length;
  return [...(right > 0 ? [fine(`The bot is in the channel of ${plural(right, 'open incident')}`)] : []), ...wrong];
}

function membershipFinding({ ref, channel, is }: Membership): Finding {
  switch (is) {
    case 'out':
      return problem(
        `The bot is not in the channel of ${ref}, #${channel}: nothing said there is recorded`,
        'Write /invite @sitrep in it; what was missed is then fetched.',
      );
    case 'archived':
      return problem(
        `${ref} is open, and its channel #${channel} is archived`,
        `Unarchive the channel, or end it from elsewhere: /incident resolve in ${ref}.`,
      );
    case 'gone':
      return problem(
        `The channel of ${ref}, #${channel}, is not seen by the bot: private without it, or deleted`,
        'Let a member invite the bot.',
      );
    default:
      return note(`${ref} has no channel yet`, 'It follows in a moment; if not, see sitrep jobs.');
  }
}
