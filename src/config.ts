import { z } from 'zod';
import { no, ok, type Result } from './lib/result.ts';
import { listed, shorten } from './lib/text.ts';

/** What the environment says. Tokens are in here: it is never logged as a whole. */
export interface Config {
  readonly slack: SlackConfig;
  /** Slack's by default; GovSlack and proxies need another. Ends with a slash. */
  readonly slackApiUrl: string;
  /** Null: the embedded server. */
  readonly databaseUrl: string | null;
  /** Where the embedded server keeps its data. */
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Where people reach this process from outside; null when nobody said. */
  readonly publicUrl: string | null;
  /** Null: sitrep.yml when it is there. */
  readonly configFile: string | null;
  readonly logLevel: LogLevel;
  readonly production: boolean;
  /** To be logged once at start. */
  readonly notes: readonly string[];
}

export type SlackConfig =
  /** No Slack at all: a local one is started beside the bot. */
  | { readonly mode: 'sandbox' }
  | { readonly mode: 'socket'; readonly botToken: string; readonly appToken: string }
  | { readonly mode: 'http'; readonly botToken: string; readonly signingSecret: string };

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_CONFIG_FILE = 'sitrep.yml';

const LOOPBACK = '127.0.0.1';

/** The no is one sentence per problem, each naming its variable and the next step; no value of a secret is in any. */
export function parseConfig(env: Env): Result<Config, readonly string[]> {
  // A variable left empty in an .env file is a variable not set.
  const set = Object.fromEntries(Object.entries(env).flatMap(([k, v]) => (v?.trim() ? [[k, v.trim()]] : [])));
  const plain = variables().safeParse(set);
  const slack = slackOf(set, set.NODE_ENV === 'production');
  const problems = [...(plain.error?.issues.map((issue) => sentence(issue, set)) ?? []), ...(slack.ok ? [] : slack.no)];
  if (!plain.success || !slack.ok) return no(problems);
  const read = plain.data;
  const sandbox = slack.value.slack.mode === 'sandbox';
  // Anyone who reaches the sandbox can act as anyone in it.
  const ignored = sandbox && read.HOST !== undefined && read.HOST !== LOOPBACK;
  return ok({
    slack: slack.value.slack,
    slackApiUrl: read.SLACK_API_URL,
    databaseUrl: read.DATABASE_URL ?? null,
    dataDir: read.DATA_DIR,
    host: sandbox ? LOOPBACK : (read.HOST ?? '0.0.0.0'),
    port: read.PORT,
    publicUrl: read.PUBLIC_URL ?? null,
    configFile: read.SITREP_CONFIG ?? null,
    logLevel: read.LOG_LEVEL,
    production: read.NODE_ENV === 'production',
    notes: [...slack.value.notes, ...(ignored ? [`HOST is ignored: the sandbox listens on ${LOOPBACK} only.`] : [])],
  });
}

/** Every value that must not be seen, for the log to take out. */
export function secretsOf({ slack, databaseUrl }: Config): string[] {
  const password = databaseUrl === null ? '' : (URL.parse(databaseUrl)?.password ?? '');
  const { mode: _, ...tokens } = slack;
  return [...Object.values(tokens), password, decoded(password)].filter((value) => value !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const BOT = 'copy the Bot User OAuth Token from OAuth & Permissions (it begins with xoxb-)';
const APP =
  'create an app-level token with the scope connections:write under Basic Information → App-Level Tokens (it begins with xapp-)';
const SECRET = 'copy it from Basic Information → App Credentials';

function slackOf(
  set: Env,
  production: boolean,
): Result<{ slack: SlackConfig; notes: readonly string[] }, readonly string[]> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = set;
  if (!botToken && !appToken && !signingSecret) {
    if (!production) return ok({ slack: { mode: 'sandbox' }, notes: [] });
    return no([
      `SLACK_BOT_TOKEN is missing, and with NODE_ENV=production the sandbox does not start: ${BOT}.`,
      `SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing: ${APP}, or for HTTP set SLACK_SIGNING_SECRET: ${SECRET}.`,
    ]);
  }
  const problems = [
    ...(botToken ? [] : [`SLACK_BOT_TOKEN is missing: ${BOT}.`]),
    ...(appToken || signingSecret
      ? []
      : [
          `SLACK_APP_TOKEN is missing: for Socket Mode ${APP}.`,
          `SLACK_SIGNING_SECRET is missing: for HTTP instead of Socket Mode ${SECRET}.`,
        ]),
    ...(botToken && !/^xoxb-\S+$/.test(botToken) ? [`SLACK_BOT_TOKEN does not begin with xoxb-: ${BOT}.`] : []),
    ...(appToken && !/^xapp-\S+$/.test(appToken) ? [`SLACK_APP_TOKEN does not begin with xapp-: ${APP}.`] : []),
    ...(signingSecret && /^xox|^xapp|\s/.test(signingSecret)
      ? [`SLACK_SIGNING_SECRET looks like a token and not like a signing secret: ${SECRET}.`]
      : []),
  ];
  if (problems.length > 0 || !botToken) return no(problems);
  if (appToken) {
    const notes = signingSecret ? ['SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: using Socket Mode.'] : [];
    return ok({ slack: { mode: 'socket', botToken, appToken }, notes });
  }
  return ok({ slack: { mode: 'http', botToken, signingSecret: signingSecret ?? '' }, notes: [] });
}

const url = (protocols: RegExp, example: string) =>
  z.string().refine((value) => protocols.test(URL.parse(value)?.protocol ?? ''), `write it like ${example}`);

const variables = () =>
  z.object({
    SLACK_API_URL: url(/^https?:$/, 'https://slack.com/api/')
      .transform((value) => (value.endsWith('/') ? value : `${value}/`))
      .default('https://slack.com/api/'),
    DATABASE_URL: url(/^postgres(ql)?:$/, 'postgres://user:password@host:5432/sitrep').optional(),
    DATA_DIR: z.string().default('.data'),
    HOST: z
      .string()
      .regex(/^[\w.:-]+$/, 'write an address to listen on, like 0.0.0.0 or 127.0.0.1')
      .optional(),
    PORT: z
      .string()
      .regex(/^\d{1,5}$/, 'write a port from 0 to 65535, like 3000')
      .transform(Number)
      .refine((port) => port <= 65_535, 'write a port from 0 to 65535, like 3000')
      .default(3000),
    PUBLIC_URL: url(/^https?:$/, 'https://sitrep.example.com')
      .transform((value) => value.replace(/\/+$/, ''))
      .optional(),
    SITREP_CONFIG: z.string().optional(),
    LOG_LEVEL: z.enum(LOG_LEVELS, `write ${listed(LOG_LEVELS).replace(' and ', ' or ')}`).default('info'),
    NODE_ENV: z.string().optional(),
  });

/** A database address may hold a password, so its value is not repeated. */
function sentence(issue: z.core.$ZodIssue, set: Env): string {
  const name = String(issue.path[0]);
  const value = set[name] ?? '';
  const shown = /^[\w.,:/ -]*$/.test(value) && !/URL$/.test(name) ? `is "${shorten(value, 40)}"` : 'cannot be read';
  return `${name} ${shown}: ${issue.message}.`;
}
