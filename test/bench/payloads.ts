import { createHmac } from 'node:crypto';
import { SIGNING_SECRET } from './setting.ts';

/** An incident's channel, put into the database before the first round. */
export const CHANNEL = 'C0BENCH';

let count = 0;

/** A message of 600 bytes, another one each time. */
export function messageEvent(channel = CHANNEL): object {
  count += 1;
  const seconds = Math.floor(Date.now() / 1_000);
  const ts = `${seconds}.${String(count % 1_000_000).padStart(6, '0')}`;
  const body = {
    token: 'a verification token',
    team_id: 'T0BENCH',
    api_app_id: 'A0BENCH',
    type: 'event_callback',
    event_id: `Ev${seconds}${count}`,
    event_time: seconds,
    authorizations: [{ enterprise_id: null, team_id: 'T0BENCH', user_id: 'U0BOT', is_bot: true }],
    is_ext_shared_channel: false,
    event: {
      type: 'message',
      channel,
      channel_type: 'channel',
      user: 'U0OLIVIA',
      ts,
      event_ts: ts,
      team: 'T0BENCH',
      text: '',
    },
  };
  body.event.text = `error rate ${count} `.padEnd(600 - JSON.stringify(body).length, 'and still climbing, ');
  return body;
}

export const declareCommand = (title: string, responseUrl: string): string =>
  command(`declare sev1 ${title}`, 'C0GENERAL', responseUrl);

export function command(text: string, channel: string, responseUrl: string): string {
  count += 1;
  return new URLSearchParams({
    command: '/incident',
    text,
    user_id: 'U0OLIVIA',
    user_name: 'olivia',
    team_id: 'T0BENCH',
    team_domain: 'bench',
    channel_id: channel,
    channel_name: 'general',
    api_app_id: 'A0BENCH',
    trigger_id: `${process.pid}.${count}.bench`,
    response_url: responseUrl,
  }).toString();
}

export function signed(body: string): Record<string, string> {
  const at = Math.floor(Date.now() / 1_000);
  return {
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': `v0=${createHmac('sha256', SIGNING_SECRET).update(`v0:${at}:${body}`).digest('hex')}`,
  };
}
