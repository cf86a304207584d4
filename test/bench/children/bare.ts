// Bolt as its documentation shows it, and nothing else: the least that any bot on it must cost.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import pg from 'pg';
import type { Setting } from '../setting.ts';
import { given, ready } from './child.ts';

const { mode, apiUrl, database, botToken, appToken, signingSecret, stores } = given<Setting>();
const pool = new pg.Pool({ ...database, max: 10 });
const insert = (text: string) => pool.query('insert into bare_rows (text) values ($1)', [text]);
// Bolt acknowledges an event before its listener runs, unless it is told to wait for it; over a socket it cannot be told.
const waits = stores === 'every event';
const http =
  mode === 'http' ? new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR, processBeforeResponse: waits }) : null;
const app = new App({
  token: botToken,
  clientOptions: { slackApiUrl: apiUrl },
  logLevel: LogLevel.ERROR,
  ...(http ? { receiver: http } : { socketMode: true, appToken }),
});

app.command('/incident', async ({ command, ack }) => {
  await insert(command.text);
  await ack('INC-1 declared');
});
app.event('message', async ({ event }) => {
  if (waits) await insert('text' in event ? (event.text ?? '') : '');
});

if (http) {
  const server = createServer((request, response) => http.requestListener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ready({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events` }, () => pool.end());
} else {
  await app.start();
  ready({ url: '' }, () => pool.end());
}
