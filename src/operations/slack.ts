import { z } from 'zod';

/** What Slack said to one question: the answer, or its word for why not (`invalid_auth`, `timeout`, `http_503`). */
export type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string };

export interface Access {
  /** Ends with a slash. */
  readonly apiUrl: string;
  readonly token: string;
}

/** Who the token is, and which scopes it has; Slack says those in a header only. */
export async function askWhoWeAre(access: Access): Promise<Asked<z.output<typeof Us> & { scopes: string[] | null }>> {
  const said = await ask(access, 'auth.test', {}, Us);
  if (!said.ok) return said;
  const scopes = said.headers.get('x-oauth-scopes');
  const list = scopes?.split(',').map((scope) => scope.trim());
  return { ok: true, value: { ...said.value, scopes: list?.filter((scope) => scope !== '') ?? null } };
}

/** Asks for the address of a socket and opens none: the app token is good, has its scope, and Socket Mode is on. */
export function askForSocket(access: Access): Promise<Asked<unknown>> {
  return ask(access, 'apps.connections.open', {}, z.object({ url: z.string() }));
}

/** Every channel the bot is in, archived ones too. */
export function askMemberships(access: Access): Promise<Asked<Channel[]>> {
  return askPages(access, 'users.conversations', () => false);
}

/** Looked for by exact name, at most twenty pages deep; null when nobody the bot can see has it. */
export async function askForName(access: Access, name: string): Promise<Asked<Channel | null>> {
  const said = await askPages(access, 'conversations.list', (channel) => channel.name === name);
  return said.ok ? { ok: true, value: said.value.find((channel) => channel.name === name) ?? null } : said;
}

export async function askForChannel(access: Access, channel: string): Promise<Asked<Channel>> {
  const said = await ask(access, 'conversations.info', { channel }, z.object({ channel: Channel }));
  return said.ok ? { ok: true, value: said.value.channel } : said;
}

/** Who the workspace knows under this id. */
export async function askForPerson(access: Access, user: string): Promise<Asked<{ deleted: boolean }>> {
  const said = await ask(access, 'users.info', { user }, z.object({ user: Person }));
  return said.ok ? { ok: true, value: said.value.user } : said;
}

/** User groups that are not switched off. */
export async function askForGroups(access: Access): Promise<Asked<{ id: string; handle: string }[]>> {
  const said = await ask(access, 'usergroups.list', {}, z.object({ usergroups: z.array(Group) }));
  return said.ok ? { ok: true, value: said.value.usergroups } : said;
}

const Person = z.object({ deleted: z.boolean().default(false) });
const Group = z.object({ id: z.string(), handle: z.string() });

export type Channel = z.output<typeof Channel>;
const Channel = z.object({
  id: z.string(),
  name: z.string().default(''),
  is_member: z.boolean().default(false),
  is_archived: z.boolean().default(false),
});

const Us = z.object({ url: z.string(), team: z.string(), user: z.string() });
const Page = z.object({
  channels: z.array(Channel),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});

/** Slack gives a thousand at most, and twenty calls a minute. */
const PAGE = '999';
const MOST_PAGES = 20;

async function askPages(
  access: Access,
  method: string,
  isEnough: (channel: Channel) => boolean,
): Promise<Asked<Channel[]>> {
  const found: Channel[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const args = { types: 'public_channel,private_channel', limit: PAGE, ...(cursor && { cursor }) };
    const said = await ask(access, method, args, Page);
    if (!said.ok) return said;
    found.push(...said.value.channels);
    cursor = said.value.response_metadata?.next_cursor ?? '';
    if (cursor === '' || said.value.channels.some(isEnough)) return { ok: true, value: found };
  }
  return { ok: false, code: 'too_many_channels' };
}

const TIMEOUT_MS = 5_000;

/** One call, no retries: the doctor reports what it meets. What was thrown is not passed on, it may quote the token. */
async function ask<S extends z.ZodType>(
  { apiUrl, token }: Access,
  method: string,
  args: Record<string, string>,
  schema: S,
): Promise<{ ok: true; value: z.output<S>; headers: Headers } | { ok: false; code: string }> {
  try {
    const response = await fetch(`${apiUrl}${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(args),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = Answer.safeParse(await response.json().catch(() => null));
    if (response.status === 429) return { ok: false, code: 'ratelimited' };
    if (!body.success) return { ok: false, code: response.ok ? 'no_answer_of_slack' : `http_${response.status}` };
    if (!body.data.ok) return { ok: false, code: body.data.error ?? `http_${response.status}` };
    const read = schema.safeParse(body.data);
    return read.success
      ? { ok: true, value: read.data, headers: response.headers }
      : { ok: false, code: 'no_answer_of_slack' };
  } catch (fault) {
    return { ok: false, code: fault instanceof Error && fault.name === 'TimeoutError' ? 'timeout' : 'network' };
  }
}

const Answer = z.looseObject({
  ok: z.boolean(),
  error: z
    .string()
    .regex(/^[\w.-]{1,80}$/)
    .optional()
    .catch(undefined),
});
