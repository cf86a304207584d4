import { LogLevel, WebClient } from '@slack/web-api';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

/** Refusals are what these tests are about: nobody needs them printed. */
export const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** Slack's own client, without its retries. */
export const client = (slack: Sandbox): WebClient =>
  new WebClient(slack.tokens.bot, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });

/** The body Slack refused with. Fails when it did not refuse. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'data' in error) return error.data as Record<string, unknown>;
    throw error;
  }
  throw new Error('Slack took it');
}
