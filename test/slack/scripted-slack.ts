import { afterAll, afterEach, beforeAll } from '@jest/globals';
import nock from 'nock';
import { createSlack, type SlackCall } from '../../src/slack/client.ts';
import { silent } from './silent.ts';

export const API = 'https://slack.test';

/** Slack's Web API scripted call by call. jest loads nock anew per file, each copy patching the last: hence restore. */
export function scriptSlack() {
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => nock.cleanAll());
  afterAll(() => nock.restore());
}

export type Asked = { method: string; args: Record<string, string> };

/** Answers the next call of the method, and keeps what was asked. */
export function slackSays(asked: Asked[], method: string, answer: object, status = 200, headers = {}): void {
  nock(API)
    .post(`/api/${method}`, (body: Record<string, string>) => {
      asked.push({ method, args: body });
      return true;
    })
    .reply(status, answer, headers);
}

export function slackUnderTest(over: Partial<Parameters<typeof createSlack>[0]> = {}) {
  const calls: SlackCall[] = [];
  const slack = createSlack({
    token: 'xoxb-secret-1',
    apiUrl: `${API}/api/`,
    log: silent,
    observe: (call) => calls.push(call),
    ...over,
  });
  return { slack, calls };
}

export const US = { ok: true, url: 'https://acme.slack.com/', team_id: 'T1', user_id: 'UBOT', bot_id: 'BBOT' };
