import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { countByState } from './actions/store.ts';
import { noDatabase, operatorConfig, withDatabase } from './cli-database.ts';
import { DEFAULT_CONFIG_FILE, type Env, parseConfig, type SlackConfig } from './config.ts';
import { hasHome } from './db/embedded-home.ts';
import { MIGRATIONS } from './db/migrate.ts';
import type { Db } from './db/tables.ts';
import { lookAtSlack } from './doctor-slack.ts';
import { reasonOf } from './jobs/fault.ts';
import { countWorkers } from './jobs/queue.ts';
import { jobStats, listParked } from './jobs/store.ts';
import { dayOf } from './lib/day.ts';
import { DAY } from './lib/duration.ts';
import { refOf } from './lib/ids.ts';
import { type Finding, fine, note, problem } from './operations/finding.ts';
import {
  listFailing,
  listLeftovers,
  listMigrations,
  listOpenChannels,
  listQuarantined,
  refusedOutside,
  serverVersion,
} from './operations/store.ts';
import {
  actionItemFinding,
  captureFinding,
  leftoverFinding,
  migrationFinding,
  nodeFinding,
  policyFindings,
  postmortemFinding,
  processFinding,
  quarantineFinding,
  refusalFinding,
  slackModeFinding,
  workFindings,
} from './operations/system-findings.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { owing } from './postmortems/owed.ts';
import { listOverdue } from './postmortems/store.ts';
import { captureHealth } from './reconcile/store.ts';
import { Refused, readPolicy } from './settings.ts';
import { countQuarantined } from './timeline/store.ts';

/** Looks at everything a process needs, changes nothing, and goes on after every problem. */
export async function doctor(env: Env): Promise<Finding[]> {
  const config = parseConfig(env);
  const file = env.SITREP_CONFIG?.trim() || null;
  const policy = readPolicy(file);
  const [slack, rules] = [config.ok ? config.value.slack : null, 'policy' in policy ? policy.policy : null];
  const held = databaseIsNamed(config)
    ? await lookAtDatabase(env, slack?.mode ?? null, rules)
    : { findings: [], open: null };
  const name = file ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : null);
  return [
    nodeFinding(process.versions.node),
    ...(config.ok
      ? slackModeFinding(config.value.slack.mode, config.value.publicUrl)
      : config.no.map((sentence) => problem(sentence, null))),
    ...('problems' in policy
      ? policy.problems.map((sentence) => problem(sentence, null))
      : policyFindings(policy.policy, name)),
    ...held.findings,
    ...(config.ok && slack && slack.mode !== 'sandbox'
      ? await lookAtSlack(config.value.slackApiUrl, slack, rules, held.open)
      : []),
  ];
}

/** Otherwise the settings' own problems say so. */
const databaseIsNamed = (config: ReturnType<typeof parseConfig>): boolean =>
  config.ok || !config.no.some((sentence) => /^(DATABASE_URL|DATA_DIR|SLACK_API_URL|LOG_LEVEL) /.test(sentence));

interface Held {
  readonly findings: readonly Finding[];
  /** Null while the database cannot tell. */
  readonly open: Awaited<ReturnType<typeof listOpenChannels>> | null;
}

async function lookAtDatabase(env: Env, mode: SlackConfig['mode'] | null, rules: Policy | null): Promise<Held> {
  try {
    const { databaseUrl, dataDir } = operatorConfig(env);
    if (databaseUrl === null && !(await hasHome(dataDir)))
      return { findings: [note(noDatabase({ dataDir }))], open: [] };
    const place = databaseUrl === null ? 'embedded' : 'at DATABASE_URL';
    return await withDatabase(env, async ({ db }) => {
      const answers = fine(`PostgreSQL ${await serverVersion(db)}, ${place}, answers`);
      const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort();
      const applied = await listMigrations(db);
      const tables = migrationFinding(files, applied);
      if (files.some((file) => !applied.includes(file))) return { findings: [answers, tables], open: null };
      return { findings: [answers, tables, ...(await lookAtWork(db, mode, rules))], open: await listOpenChannels(db) };
    });
  } catch (fault) {
    const sentences = fault instanceof Refused ? fault.problems : [reasonOf(fault)];
    return { findings: sentences.map((sentence) => problem(sentence, null)), open: null };
  }
}

async function lookAtWork(db: Db, mode: SlackConfig['mode'] | null, rules: Policy | null): Promise<Finding[]> {
  const stats = await jobStats(db, new Date());
  const { timezone } = rules ?? defaultPolicy;
  const work = {
    ...stats,
    parkedInAll: stats.parked,
    parked: await listParked(db, 1_000),
    failing: await listFailing(db),
  };
  return [
    processFinding(await countWorkers(db), mode),
    ...workFindings(work),
    quarantineFinding(await countQuarantined(db), await listQuarantined(db, 3)),
    captureFinding(await captureHealth(db, new Date())),
    postmortemFinding(await listOverdue(db, rules ? owing(rules) : [], new Date())),
    actionItemFinding(await countByState(db, dayOf(new Date(), timezone), timezone)),
    refusalFinding(await refusedOutside(db, new Date(Date.now() - 7 * DAY), 3)),
    leftoverFinding((await listLeftovers(db, new Date(Date.now() - 30 * DAY))).map(refOf)),
  ];
}
