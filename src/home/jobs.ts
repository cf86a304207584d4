import { createHash } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { contactsOf, isPerson } from '../incidents/contact.ts';
import type { Attempt, Handlers } from '../jobs/job.ts';
import { dayOf } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { refusalFor, unknownReader } from '../people/person.ts';
import { findPerson } from '../people/store.ts';
import { severityOf } from '../policy.ts';
import { owing } from '../postmortems/owed.ts';
import { type Block, section } from '../slack/blocks.ts';
import { saidSlack } from '../slack/errors.ts';
import { Mrkdwn } from '../slack/mrkdwn.ts';
import { home } from './home.ts';
import { findHome, savePublished, severitiesOutstanding } from './store.ts';
import { homesChanged, readHome, redrawHomes } from './transactions.ts';

export const homeJobs = (deps: Deps): Handlers<'draw-home' | 'redraw-homes'> => ({
  'draw-home': ({ user }) => drawHome(deps, user),
  'redraw-homes': ({ all }) => redrawHomes(deps, all ?? false),
});

/** What is drawn or said of an incident may stand in Home tabs as well; these jobs are promised with every change of one. */
export function withHomes(deps: Deps, handlers: Handlers): Handlers {
  const andHomes =
    <J>(handle: (job: J, attempt: Attempt) => Promise<void>) =>
    async (job: J, attempt: Attempt) => {
      await handle(job, attempt);
      await homesChanged(deps);
    };
  return {
    ...handlers,
    'post-card': andHomes(handlers['post-card']),
    'draw-card': andHomes(handlers['draw-card']),
    draft: andHomes(handlers.draft),
    'draw-postmortem': andHomes(handlers['draw-postmortem']),
    edit: andHomes(handlers.edit),
    dm: andHomes(handlers.dm),
  };
}

const TRIES = 3;

/** Over the tab we know of, so that rows read earlier never replace rows read later. */
async function drawHome(deps: Deps, user: UserId): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const before = await findHome(deps.db, user);
    const blocks = await blocksFor(deps, user);
    const print = createHash('sha256').update(JSON.stringify(blocks)).digest('hex');
    if (before?.print === print) return;
    try {
      const hash = await deps.slack.publishHome(user, blocks, before?.hash ?? null);
      return await savePublished(deps.db, user, { print, hash });
    } catch (fault) {
      if (!saidSlack(fault, 'hash_conflict') || tries === TRIES) throw fault;
      // Another process drew it meanwhile: what is true now goes over whatever stands there.
      await savePublished(deps.db, user, { print: null, hash: null });
    }
  }
}

async function blocksFor(deps: Deps, user: UserId): Promise<readonly Block[]> {
  await deps.names([user]);
  const person = await findPerson(deps.db, user);
  const refusal = person ? refusalFor(person.standing) : unknownReader;
  if (refusal) return refusal.blocks ?? [section(Mrkdwn.trusted(refusal.text))];
  const { url } = await deps.slack.me();
  const now = deps.now();
  return home(
    await readHome(deps, user, await contactOf(deps, user)),
    deps.policy,
    now,
    dayOf(now, deps.policy.timezone),
    url,
  );
}

/**
 * The severities that escalate to this person, of those with a postmortem that is not written. Slack is asked who is in
 * a group only then; while it does not say, the tab does without.
 */
async function contactOf({ db, slack, policy, now, log }: Deps, user: UserId): Promise<string[]> {
  const pressing = await severitiesOutstanding(db, owing(policy), now());
  const asked = new Map<string, Promise<boolean>>();
  const isIn = (group: string) =>
    slack.userGroup(group).then(
      (found) => new Set(found?.users).has(user),
      (fault: unknown) => {
        log.warn({ err: fault, group }, 'could not look up a user group');
        return false;
      },
    );
  const reached = await Promise.all(
    pressing.map(async (id) => {
      const contacts = contactsOf(severityOf(policy, id), false);
      const groups = contacts.filter((one) => !isPerson(one));
      for (const group of groups) asked.set(group, asked.get(group) ?? isIn(group));
      const is = contacts.includes(user) || (await Promise.all(groups.map((one) => asked.get(one)))).includes(true);
      return is ? [id] : [];
    }),
  );
  return reached.flat();
}
