// The bot as it runs in production, but for its log, which is written to nowhere.
import { createWriteStream } from 'node:fs';
import { startSitrep } from '../../../src/compose.ts';
import { createLog } from '../../../src/log.ts';
import { defaultPolicy } from '../../../src/policy.ts';
import type { Setting } from '../setting.ts';
import { given, ready } from './child.ts';

const { mode, apiUrl, database, botToken, appToken, signingSecret } = given<Setting>();
const sitrep = await startSitrep({
  slack: mode === 'http' ? { mode, botToken, signingSecret } : { mode, botToken, appToken },
  slackApiUrl: apiUrl,
  database,
  policy: { ...defaultPolicy, askBeforeDuplicates: false },
  host: '127.0.0.1',
  port: 0,
  log: createLog('info', createWriteStream('/dev/null')),
});
ready({ url: `${sitrep.origin}/slack/events` }, () => sitrep.stop());
