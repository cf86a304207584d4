import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DAY } from '../../src/lib/duration.ts';
import { incidentId } from '../../src/lib/ids.ts';
import { sitrep } from '../support/sitrep-child.ts';
import { setStage } from './stage.ts';

test('the doctor finds a working bot well, and names what a person then breaks in Slack', async () => {
  const { slack, database, db } = await setStage({ mode: 'socket' });
  const env = {
    DATABASE_URL: database.url,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
  };
  await slack.person('oncall').slash('/incident declare sev1 checkout is down', { in: 'general' });
  const guest = slack.addPerson({ handle: 'guest', kind: 'guest' });
  for (const typed of ['declare sev1 mine too', 'list']) await guest.slash(`/incident ${typed}`, { in: 'dm' });
  const channel = await slack.until(() => slack.channels().find((one) => one.name.includes('checkout-is-down')));
  await slack.until(() => slack.channels().find((one) => one.name === 'incidents')?.posts.length);
  const sockets = slack.sockets.count();
  await slack.person('oncall').slash('/incident declare sev4 an old typo', { in: 'general' });
  await slack.until(() => slack.channels().some((one) => one.name.includes('an-old-typo') && one.pins.length > 0));
  const longAgo = new Date(Date.now() - 40 * DAY);
  await db
    .updateTable('incidents')
    .set({ status: 'closed', declaredAt: longAgo, resolvedAt: longAgo, closedAt: longAgo, promiseDueAt: null })
    .where('id', '=', incidentId(2))
    .execute();
  await slack.person('oncall').slash('/incident action look at the pool by tomorrow', { in: channel.name });
  await slack.until(async () => (await db.selectFrom('actionItems').select('id').execute()).length > 0);
  await db.updateTable('actionItems').set({ dueOn: '2020-01-01' }).execute();

  const well = await sitrep(['doctor'], env);
  expect(well).toMatchObject({ code: 0, err: '' });
  expect(well.out).toMatch(/^ok {7}SLACK_BOT_TOKEN is @sitrep in /m);
  expect(well.out).toMatch(/^ok {7}SLACK_APP_TOKEN can open sockets; none was opened$/m);
  expect(well.out).toMatch(/^ok {7}All \d+ scopes of manifest.yml are granted$/m);
  expect(well.out).toMatch(/^ok {7}The announcement channel is #incidents$/m);
  expect(well.out).toMatch(/^ok {7}The bot is in the channel of 1 open incident$/m);
  expect(well.out).toMatch(/^ok {7}1 process running on this database$/m);
  expect(well.out).toMatch(/^ok {7}No postmortem is overdue or missing$/m);
  expect(well.out).toMatch(/^note {5}1 channel of incidents that ended more than a month ago still stands: INC-2 — /m);
  expect(well.out).toMatch(
    /^note {5}1 action item overdue, 0 more open — .*\/incident actions overdue in Slack lists them/m,
  );
  expect(well.out).toMatch(
    new RegExp(
      `^note {5}2 refusals outside of incidents in the last 7 days; latest: ${guest.id}, list, guest, [^;]*; ${guest.id}, declare, guest, .* — .*access in sitrep.yml`,
      'm',
    ),
  );
  expect(well.out).not.toContain('mine too');
  expect(slack.sockets.count()).toBe(sockets);

  const exported = await sitrep(['export', 'INC-1'], env);
  expect(
    JSON.parse(exported.out).timeline.some((one: { permalink: string }) => one.permalink?.includes(channel.id)),
  ).toBe(true);

  slack.world.channels.get(channel.id)?.members.delete(slack.bot.id);
  const ill = await sitrep(['doctor'], env);
  expect(ill.code).toBe(1);
  expect(ill.out).toMatch(
    new RegExp(`^problem {2}The bot is not in the channel of INC-1, #${channel.name}.*/invite`, 'm'),
  );
  expect(`${well.out}${ill.out}${exported.err}`).not.toMatch(/xoxb-|xapp-/);
});

test('a scope that was not granted, a token that was revoked and whoever the policy names in vain are problems with the way to mend them', async () => {
  const { slack, database } = await setStage({ mode: 'http' });
  const env = {
    DATABASE_URL: database.url,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_SIGNING_SECRET: slack.tokens.signingSecret,
    SITREP_CONFIG: join(await mkdtemp(join(tmpdir(), 'sitrep-')), 'sitrep.yml'),
  };
  const [oncall, comms] = [slack.person('oncall'), slack.person('comms')];
  slack.deactivate('comms');
  await writeFile(
    env.SITREP_CONFIG,
    `access: { command: ["@engineering-leads", "@no-such-group", ${oncall.id}, ${comms.id}], resolve: [UNOBODY1] }
severities: [{ id: SEV1, escalate: [{ after: 30m, to: ["@no-such-group"] }] }]
`,
  );
  (slack.world.manifest.scopes as Set<string>).delete('pins:write');
  const { code, out } = await sitrep(['doctor'], env);
  expect(code).toBe(1);
  expect(out).toMatch(/^problem {2}1 scope of manifest.yml not granted: pins:write — .*install the app again/m);
  expect(out).toMatch(/^ok {7}Slack knows 2 people and groups of the policy$/m);
  expect(out).toMatch(
    /^problem {2}The user group @no-such-group, named by access.command and severities\[SEV1\].escalate of the policy, is not known/m,
  );
  expect(out).toMatch(new RegExp(`^problem {2}${comms.id}, named by access.command .* has a deactivated account`, 'm'));
  expect(out).toMatch(/^problem {2}UNOBODY1, named by access.resolve .* is not known to Slack — Copy the member ID/m);
  expect(out).toMatch(/^note {5}Whether Slack reaches .*\/slack\/events/m);

  slack.uninstall();
  await rm(dirname(env.SITREP_CONFIG), { recursive: true });
  const dead = await sitrep(['doctor'], { ...env, SITREP_CONFIG: '' });
  expect(dead.code).toBe(1);
  expect(dead.out).toMatch(/^problem {2}SLACK_BOT_TOKEN is not accepted by Slack — .*Bot User OAuth Token/m);
  expect(dead.out).toMatch(/^note {5}Scopes and channels were not looked at/m);
});
