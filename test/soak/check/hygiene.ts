import type { Evidence, Finding, SlackChannel } from '../evidence.ts';
import { finding, isToldInstead, short } from './words.ts';

/** What should not be there at all: secrets in the log, work given up, data refused, rules of Slack broken, everyone woken. */
export function checkHygiene(evidence: Evidence): Finding[] {
  return [
    ...evidence.secrets.flatMap((secret, n) =>
      evidence.logs
        .filter((line) => line.includes(secret))
        .map((line) => finding('no secret in a log', `secret ${n + 1}: ${short(line.replaceAll(secret, '…'))}`)),
    ),
    ...evidence.logs
      .filter((line) => SECRET_URL.test(line))
      .map((line) => finding('no secret in a log', short(line.replace(SECRET_URL, '…')))),
    ...evidence.slack.channels.flatMap(loud),
    ...evidence.jobs
      .filter((job) => job.parked && !isToldInstead(job))
      .map((job) => finding('nothing is given up', `${job.kind} of INC-${job.incident} is parked: ${job.lastError}`)),
    ...evidence.jobs
      .filter(({ due, parked }) => due && !parked)
      .map((job) => finding('it comes to rest', `${job.kind} of INC-${job.incident} still waits: ${job.lastError}`)),
    ...evidence.quarantined.map((reason) => finding('nothing is set aside', `quarantined: ${short(reason)}`)),
    ...evidence.violations
      .filter((one) => !isExcused(one, evidence.kills))
      .map(({ what }) => finding("Slack's rules", short(what))),
    ...evidence.mishaps.map((what) => finding('processes live on', what)),
  ];
}

/** The bot calls people and groups by their names; everyone at once only somebody's text could. */
const loud = ({ name, messages }: SlackChannel): Finding[] =>
  messages
    .filter(({ byBot, pings }) => byBot && pings.some((whom) => whom.startsWith('!')))
    .map(({ firstText }) =>
      finding('foreign text does nothing', `everyone in #${name} is called: "${short(firstText)}"`),
    );

const SECRET_URL = /\/hooks\/(?:commands|actions|app)\/\w+\/\w+|[?&]ticket=[\w-]+/;

/** How long before its end a process may have been told what nobody knows now, and how long it may have had no time to say it. */
const TAKEN_ALONG_MS = 5_000;
const NOT_SAID_YET_MS = 1_000;

/**
 * What a process legitimately leaves behind: an acknowledgement that came when Slack had given up on it; and a call too
 * early for a limit that only a process which was killed had been told of.
 */
function isExcused({ at, what }: { at: number; what: string }, kills: readonly number[]): boolean {
  if (/^envelope \S+ was acked again or too late$/.test(what)) return true;
  if (!/before its Retry-After had passed$/.test(what)) return false;
  return kills.some((kill) => kill - at < NOT_SAID_YET_MS && at - kill < TAKEN_ALONG_MS);
}
