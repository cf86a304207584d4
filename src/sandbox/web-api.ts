import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJson } from './check.ts';
import type { CallFault, Faults } from './faults.ts';
import type { Method, Methods } from './method.ts';
import { createRateLimits } from './rate-limits.ts';
import { BadBody, readArgs } from './read-args.ts';
import { createRepeats } from './repeats.ts';
import type { Json, World } from './world.ts';
import { Refusal } from './world.ts';

/** `POST /api/<method>`: what Slack answers, wrong things scripted by the faults included. */
export type WebApi = (method: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Answer = { status: number; body: Json; headers?: Record<string, string> };

/** Calls that change nothing worth keeping. */
export const READS = /\.(info|list|history|replies|members|test|getPermalink|conversations)$|^apps\.|^users\./;

export function createWebApi(
  world: World,
  faults: Faults,
  methods: Methods,
  options: { rateLimits: boolean; beforeAnswer?: () => void },
): WebApi {
  const limits = createRateLimits(options.rateLimits);
  const repeats = createRepeats();

  return async (name, request, response) => {
    const began = performance.now();
    const { args, token, broken } = await readCall(request);
    const record = (answer: Answer, note = '') => {
      const hasFailed = note !== '' || answer.status !== 200 || answer.body.ok !== true;
      world.journal.record({
        kind: 'call',
        method: note ? `${name} [${note}]` : name,
        args,
        answer: answer.body,
        status: answer.status,
        ms: Math.round(performance.now() - began),
        retry: repeats(name, args, hasFailed),
      });
    };
    const fault = faults.isDown() ? { status: 503 } : faults.take(name, args);
    if (fault && 'delayMs' in fault) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault && 'drop' in fault) {
      record({ status: 0, body: {} }, 'dropped');
      request.socket.destroy();
      return;
    }
    const answer = before(name, args, fault) ?? judge(name, args, token, broken);
    if (fault && 'loseAnswer' in fault) {
      record(answer, 'answer lost');
      request.socket.destroy();
      return;
    }
    const sent = fault && 'errorAfter' in fault ? { status: 200, body: refused(fault.errorAfter) } : answer;
    record(sent);
    if (!READS.test(name)) options.beforeAnswer?.();
    send(response, sent);
  };

  /** What is answered without anything happening. */
  function before(name: string, args: Json, fault: CallFault | undefined): Answer | null {
    const blocked = limits.blockedFor(name, args);
    if (blocked > 0) {
      const what = `${name} was called ${blocked} s before its Retry-After had passed`;
      world.journal.record({ kind: 'violation', what });
      return tooMany(blocked);
    }
    if (!fault) return null;
    if ('retryAfter' in fault) {
      limits.block(name, args, fault.retryAfter);
      return tooMany(fault.retryAfter);
    }
    if ('status' in fault) return { status: fault.status, body: refused('service_unavailable') };
    if ('error' in fault) return { status: 200, body: { ...refused(fault.error), ...fault.more } };
    return null;
  }

  function judge(name: string, args: Json, token: string | undefined, broken: string | null): Answer {
    if (broken) return { status: 200, body: refused(broken) };
    const method = methods[name];
    if (!method) return { status: 200, body: refused('unknown_method') };
    const needs = method.scopes(world, args);
    const headers = { 'x-oauth-scopes': provided(world), 'x-accepted-oauth-scopes': needs.join(',') };
    try {
      checkToken(world, name, token);
      checkScopes(world, method, needs);
      const wait = limits.waitFor(name, method.perMinute, args);
      if (wait > 0) {
        limits.block(name, args, wait);
        return tooMany(wait);
      }
      return { status: 200, body: { ok: true, ...method.run(world, args) }, headers };
    } catch (error) {
      if (error instanceof Refusal) return { status: 200, body: { ...refused(error.code), ...error.more }, headers };
      throw error;
    }
  }
}

const refused = (error: string): Json => ({ ok: false, error });

const tooMany = (seconds: number): Answer => ({
  status: 429,
  body: refused('ratelimited'),
  headers: { 'retry-after': String(seconds) },
});

const provided = (world: World): string => [...world.manifest.scopes].join(',');

const APP_METHODS = new Set(['apps.connections.open']);
const FREE_METHODS = new Set(['api.test']);

function checkToken(world: World, name: string, token: string | undefined): void {
  if (FREE_METHODS.has(name)) return;
  if (!token) throw new Refusal('not_authed');
  const isApp = token === world.tokens.app;
  if (!isApp && token !== world.tokens.bot) throw new Refusal('invalid_auth');
  if (!world.installed) throw new Refusal(isApp ? 'invalid_auth' : 'token_revoked');
  if (isApp !== APP_METHODS.has(name)) throw new Refusal('not_allowed_token_type');
}

function checkScopes(world: World, method: Method, needs: readonly string[]): void {
  if (needs.length === 0) return;
  const missing = needs.filter((scope) => !world.manifest.scopes.has(scope));
  const isEnough = method.every ? missing.length === 0 : missing.length < needs.length;
  if (!isEnough) throw new Refusal('missing_scope', { needed: missing.join(','), provided: provided(world) });
}

async function readCall(
  request: IncomingMessage,
): Promise<{ args: Json; token: string | undefined; broken: string | null }> {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  try {
    const { token, ...args } = await readArgs(request);
    return { args, token: bearer ?? (typeof token === 'string' ? token : undefined), broken: null };
  } catch (error) {
    if (error instanceof BadBody) return { args: {}, token: bearer, broken: error.message };
    throw error;
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(isJson(body) ? body : {}));
}
