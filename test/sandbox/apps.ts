import type { AddressInfo } from 'node:net';
import bolt from '@slack/bolt';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

import { silent } from './client.ts';

/** Real Bolt apps for the sandbox to talk to. */

export type Started = { slack: Sandbox; app: bolt.App; stop: () => Promise<void> };

const manifest = 'manifest.yml';

/** `listen` adds the app's listeners before it connects. */
export async function startSocketApp(
  listen: (app: bolt.App) => void = () => undefined,
  options: Partial<SandboxOptions> = {},
): Promise<Started> {
  const slack = await startSandbox({ manifest, mode: 'socket', ...options });
  const receiver = new bolt.SocketModeReceiver({
    appToken: slack.tokens.app,
    logger: silent,
    clientPingTimeout: 200,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = new bolt.App({
    token: slack.tokens.bot,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl },
    ignoreSelf: false,
    logger: silent,
  });
  listen(app);
  await app.start();
  await slack.connected();
  return {
    slack,
    app,
    stop: async () => {
      await receiver.client.disconnect();
      await slack.close();
    },
  };
}

export async function startHttpApp(
  listen: (app: bolt.App) => void = () => undefined,
  options: Partial<SandboxOptions> = {},
): Promise<Started> {
  const slack = await startSandbox({ manifest, mode: 'http', ...options });
  const receiver = new bolt.HTTPReceiver({
    signingSecret: slack.tokens.signingSecret,
    processBeforeResponse: true,
    logger: silent,
  });
  const app = new bolt.App({
    token: slack.tokens.bot,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl },
    ignoreSelf: false,
    processBeforeResponse: true,
    logger: silent,
  });
  listen(app);
  const server = (await app.start(0)) as { address: () => AddressInfo | string | null };
  slack.http.pointAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  await slack.connected();
  return {
    slack,
    app,
    stop: async () => {
      await app.stop();
      await slack.close();
    },
  };
}
