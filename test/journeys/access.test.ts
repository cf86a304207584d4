import { expect, test } from '@jest/globals';
import { type Setting, type Stage, setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

test('guests and people of other organisations are heard but may not command, by text, button or shortcut; nor may who was deactivated', async () => {
  const { slack, record, channel, quiet } = await underway();
  const { commander } = people(slack);
  const guest = slack.addPerson({ handle: 'guest', kind: 'guest' });
  guest.joins(channel.name);
  const said = guest.says('we see errors too', { in: channel.name });
  const typed = await guest.slash('/incident resolve it is fine', { in: channel.name });
  expect(typed.shown).toMatch(/Guests can follow and speak .* but not command it\. Ask a member/);
  await guest.clicks("I'm IC", { in: channel.name });
  await guest.sees(/Guests can follow and speak/, { in: channel.name });
  await guest.shortcut('Add to timeline', said);
  const stranger = slack.addPerson({ handle: 'vendor', kind: 'stranger' });
  slack.person('oncall').invites('vendor', channel.name);
  stranger.says('our side is fine', { in: channel.name });
  await stranger.clicks('Mitigated', { in: channel.name });
  await stranger.sees(/People of other organisations/, { in: channel.name });

  gather(slack, channel, 'commander');
  expect((await commander.slash('/incident update hello', { in: channel.name })).shown).toMatch(/^Done\./);
  slack.deactivate('commander');
  await quiet();
  expect((await commander.slash('/incident resolve bye', { in: channel.name })).shown).toContain('deactivated');

  const held = await record(1);
  expect(held.incident.status).toBe('investigating');
  expect(held.roles).toEqual([]);
  expect(held.timeline.filter((one) => one.ts === said.ts)).toMatchObject([{ kind: 'message', key: false }]);
  expect(saying(channel.posts, /our side is fine/)).toHaveLength(1);
  expect(held.timeline.filter(({ text }) => text === 'our side is fine')).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
});

test.each(['socket', 'http'] as const)(
  'over %s, when Slack does not say in time who asks, declaring works and reading is refused',
  async (mode) => {
    const stage = await setStage({ mode });
    const { slack, quiet, db } = stage;
    const { exec } = people(slack);
    slack.faults.on('users.info', { delayMs: 1_200 }, { times: 2 });
    const reading = await exec.slash('/incident list', { in: 'general' });
    expect(reading.outcome).toBe('acked');
    expect(reading.shown).toContain('Slack did not tell in time who you are');
    const declaring = await exec.slash('/incident declare sev1 checkout is down', { in: 'general' });
    expect(declaring.outcome).toBe('acked');
    expect(declaring.shown).toContain('INC-1 declared');
    await quiet();
    expect(
      await db
        .selectFrom('people')
        .select(['userId', 'standing'])
        .where('userId', '=', exec.id as never)
        .execute(),
    ).toEqual([{ userId: exec.id, standing: 'member' }]);
    expect(slack.journal.violations()).toEqual([]);
  },
);

async function underway(setting: Setting = {}) {
  const stage = await setStage(setting);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  return { ...stage, channel };
}

test('the policy says who may declare, command and resolve; what is refused and what is changed stands in the audit', async () => {
  const access = { declare: ['@leads'], command: 'members', resolve: ['@leads'], seePrivate: 'members' } as const;
  const stage = await setStage({ policy: { access } });
  const { slack, db, record, quiet } = stage;
  const { oncall, commander, comms } = people(slack);
  slack.addGroup('leads', ['commander']);
  const no = await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  expect(no.shown).toMatch(/Declaring incidents is for @leads here .*Ask one of them/);
  const { channel } = await declare(stage, 'sev1 checkout is down', { by: 'commander' });
  gather(slack, channel, 'oncall');
  await quiet();
  const outside = await comms.slash('/incident update hello in INC-1', { in: 'general' });
  expect(outside.shown).toMatch(/Commanding INC-1 is for the people in its channel .*Join <#C/);
  expect((await comms.slash('/incident summary in INC-1', { in: 'general' })).shown).toContain('INC-1');
  expect((await oncall.slash('/incident update two leads', { in: channel.name })).shown).toMatch(/^Done\./);
  for (const typed of ['resolve done', 'status closed done', 'cancel a probe'])
    expect((await oncall.slash(`/incident ${typed}`, { in: channel.name })).shown).toMatch(
      /Resolving .* is for @leads/,
    );
  await oncall.clicks('Resolve', { in: channel.name });
  await oncall.sees(/Resolving and canceling incidents is for @leads/, { in: channel.name });
  await commander.slash('/incident resolve rolled back', { in: channel.name });
  await quiet();
  const { incident, audit } = await record(1);
  expect(incident.status).toBe('resolved');
  const told = audit.map(({ actor, what, detail }) => [
    slack.people().find(({ id }) => id === actor)?.handle,
    what,
    detail,
  ]);
  expect(told).toEqual([
    ['commander', 'declared', expect.anything()],
    ['comms', 'refused', { did: 'update', why: 'access.command' }],
    ['oncall', 'update_posted', expect.anything()],
    ...['resolve', 'status', 'cancel', 'resolve'].map((did) => ['oncall', 'refused', { did, why: 'access.resolve' }]),
    ['commander', expect.stringContaining('status_changed'), expect.anything()],
  ]);
  expect(JSON.stringify(audit)).not.toContain('rolled back');
  const declared = await db.selectFrom('audit').select(['actor', 'detail']).where('incidentId', 'is', null).execute();
  expect(declared).toEqual([{ actor: oncall.id, detail: { did: 'declare', why: 'access.declare' } }]);
  expect(slack.journal.violations()).toEqual([]);
});

test('while Slack does not say who is in a group, what is public is done and checked again, what is private is not', async () => {
  const access = { declare: 'everyone', command: ['@leads'], resolve: 'everyone', seePrivate: ['@leads'] } as const;
  const stage = await setStage({ policy: { access } });
  const { slack, db, record } = stage;
  const { oncall, exec, commander } = people(slack);
  slack.addGroup('leads', ['commander']);
  await declare(stage, 'sev1 checkout is down');
  await db
    .updateTable('incidents')
    .set({ visibility: 'private' })
    .where('id', '=', (await secret(stage)) as never)
    .execute();
  slack.faults.on('usergroups.list', { error: 'internal_error' }, { times: 100 });
  expect((await exec.slash('/incident update hello in INC-1', { in: 'general' })).shown).toContain('posted');
  const unseen = await exec.slash('/incident show INC-2', { in: 'general' });
  expect(unseen.shown).toContain('There is no incident INC-2 that you can see');
  const untold = await oncall.slash('/incident update hello in INC-2', { in: 'general' });
  expect(untold.shown).toMatch(/Slack did not tell in time whether you may do this in a private incident/);
  slack.faults.clear();
  const found = async () => (await record(1)).audit.find(({ what }) => what === 'let through unchecked');
  expect(await slack.until(found, { what: 'it is looked up again', timeoutMs: 20_000 })).toMatchObject({
    actor: exec.id,
    detail: { did: 'update', standing: 'member', lacks: 'command' },
  });
  const secrets = await record(2);
  expect(secrets.updates).toEqual([]);
  expect(secrets.audit).toContainEqual(
    expect.objectContaining({ actor: exec.id, what: 'refused', detail: { did: 'show', why: 'private' } }),
  );
  expect((await commander.slash('/incident show INC-2', { in: 'general' })).shown).toContain('breach');
  expect((await exec.slash('/incident list', { in: 'general' })).shown).not.toContain('breach');
});

const secret = async (stage: Stage) => (await declare(stage, 'sev1 breach')).number;

test('nobody is given anything who is a guest, a stranger, a bot, gone or unknown to Slack; a Slack that is silent holds nobody back', async () => {
  const { slack, record, channel, quiet } = await underway();
  const { oncall } = people(slack);
  for (const kind of ['guest', 'stranger'] as const) slack.addPerson({ handle: kind, kind });
  for (const handle of ['gone', 'ghost', 'silent']) slack.addPerson({ handle });
  slack.deactivate('gone');
  const [ghost, silent] = [slack.person('ghost'), slack.person('silent')];
  slack.faults.on('users.info', { error: 'user_not_found' }, { times: 100, when: ({ user }) => user === ghost.id });
  slack.faults.on('users.info', { status: 503 }, { times: 100, when: ({ user }) => user === silent.id });
  const says = async (typed: string) => (await oncall.slash(`/incident ${typed}`, { in: channel.name })).shown;

  for (const who of ['guest', 'stranger', 'gone', slack.bot.handle])
    expect(await says(`role comms @${who}`)).toMatch(/cannot hold a role\. Nothing was changed; name a member/);
  await oncall.clicks('Assign roles', { in: channel.name });
  const form = await oncall.seesModal('Roles of INC-1');
  for (const [who, sentence] of [
    [slack.bot.handle, /^@.* is a guest, a bot, .* and cannot hold a role/],
    ['gone', /^@gone is a guest, a bot, .* or deactivated, and cannot hold a role/],
    ['ghost', /^Slack knows nobody in this workspace as @.*, so they were given no role/],
  ] as const) {
    await form.fill({ 'Comms lead': who });
    expect(await form.submit()).toMatchObject({ errors: { 'Comms lead': expect.stringMatching(sentence) } });
  }
  await form.close();

  await says('ic');
  const unknown = new RegExp(`Slack knows nobody in this workspace as <@${ghost.id}>`);
  const asked = [
    'role ops @ghost',
    'handoff @ghost',
    'task read the logs @ghost',
    'action raise the pool @ghost',
    'postmortem owner @ghost',
  ];
  const refused = [];
  for (const typed of asked) refused.push(await says(typed));
  for (const sentence of refused) expect(sentence).toMatch(unknown);
  expect(new Set(refused).size).toBe(asked.length);
  expect(await says('escalate @ghost @no-such-group look')).toMatch(/^Nobody was told: .*are no group or person/);
  await quiet();
  expect((await record(1)).roles.map(({ user }) => user)).toEqual([oncall.id]);
  expect((await record(1)).timeline.filter(({ kind }) => /^(task|action|handoff|escalat)/.test(kind))).toEqual([]);

  for (const typed of ['role ops @silent', 'task read the logs @silent', 'action raise the pool @silent'])
    expect(await says(typed)).toMatch(/^Done\./);
  expect(await says('handoff @silent')).toMatch(/is asked in private/);
  slack.faults.on('usergroups.list', { status: 503 }, { times: 1 });
  expect(await says('escalate @silent @engineering-leads look')).toMatch(/^Done\./);
  await quiet();
  expect(saying(silent.dms, /./).length).toBeGreaterThan(3);
  expect((await record(1)).roles.map(({ user }) => user)).toEqual([oncall.id, silent.id]);
  expect(slack.journal.violations()).toEqual([]);
});

test('who was given a role may command, whomever the policy names; whoever may not may still join', async () => {
  const access = { declare: 'everyone', command: ['@leads'], resolve: ['@leads'], seePrivate: 'members' } as const;
  const stage = await setStage({ policy: { access } });
  const { slack } = stage;
  const { commander, comms, exec } = people(slack);
  slack.addGroup('leads', ['commander']);
  const { channel } = await declare(stage, 'sev1 checkout is down', { by: 'commander' });
  gather(slack, channel, 'comms');
  const same = await exec.slash('/incident declare sev1 checkout is down', { in: 'general' });
  expect(same.shown).toMatch(/Nothing is declared yet/);
  await exec.clicks('Join INC-1', { in: 'general' });
  await stage.quiet();
  expect(channel.members).toContain('exec');
  await exec.clicks("I'm IC", { in: channel.name });
  await exec.sees(/Commanding incidents is for @leads/, { in: channel.name });
  const says = async (typed: string) => (await comms.slash(`/incident ${typed}`, { in: channel.name })).shown;
  expect(await says('update hello')).toMatch(/Commanding incidents is for @leads/);
  await commander.slash('/incident ic @comms', { in: channel.name });
  expect(await says('update hello')).toMatch(/^Done\./);
  expect(await says('resolve done')).toMatch(/Resolving and canceling incidents is for @leads/);
});
