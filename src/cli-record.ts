import { userInfo } from 'node:os';
import { type Opened, operatorConfig, withTables } from './cli-database.ts';
import type { Env } from './config.ts';
import { type IncidentId, refOf, type Ts } from './lib/ids.ts';
import { plural } from './lib/text.ts';
import { askWhoWeAre } from './operations/slack.ts';
import { latestIncidents } from './operations/store.ts';
import { unknownIncident } from './operations/unknown-incident.ts';
import { Refused } from './settings.ts';
import { exportMarkdown } from './timeline/export.ts';
import { readRecord, redact } from './timeline/transactions.ts';

/** The text to print. Throws Refused. */
export function exportIncident(env: Env, incident: IncidentId, format: 'json' | 'md'): Promise<string> {
  return withTables(env, async ({ db, log }) => {
    const url = await workspaceUrl(env);
    if (url === null) log.info('the workspace is not known, permalinks are null');
    const record = await readRecord({ db }, incident, url);
    if (!record) throw await unknown(db, incident);
    return format === 'md' ? exportMarkdown(record) : `${JSON.stringify(record, null, 2)}\n`;
  });
}

/** Permalinks need the address of the workspace, which Slack tells whoever has a token; the record does without. */
async function workspaceUrl(env: Env): Promise<string | null> {
  const token = env.SLACK_BOT_TOKEN?.trim();
  if (!token) return null;
  const us = await askWhoWeAre({ apiUrl: operatorConfig(env).slackApiUrl, token });
  return us.ok ? us.value.url : null;
}

/** What was done, in words. Throws Refused. */
export function redactMessage(env: Env, incident: IncidentId, message: Ts): Promise<string> {
  return withTables(env, async ({ db }) => {
    const done = await redact({ db, now: () => new Date() }, incident, message, `cli:${userInfo().username}`);
    if (!done.ok && done.no === 'no-such-incident') throw await unknown(db, incident);
    const ref = refOf(incident);
    if (!done.ok)
      throw new Refused([
        `${ref} holds no message ${message}: see "ts" in sitrep export ${ref}, where a reply has a ts of its own.`,
      ]);
    if (done.value.blanked === 0) return `Nothing was left of message ${message} in ${ref}.\n`;
    return `${plural(done.value.blanked, 'entry', 'entries')} of message ${message} in ${ref} blanked for good.
In Slack the message still stands: delete it there. Where a postmortem quoted it, the running bot edits its messages and removes its files.
`;
  });
}

const unknown = async (db: Opened['db'], incident: IncidentId): Promise<Refused> =>
  new Refused([unknownIncident(incident, await latestIncidents(db, 11))]);
