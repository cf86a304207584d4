import { expect, test } from '@jest/globals';
import type { Modal } from '../../src/sandbox/modal.ts';
import { setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

test('forms that were open while the incident was resolved say so in private and change nothing; a correction is taken', async () => {
  const stage = await setStage();
  const { slack, record, quiet } = stage;
  const { oncall, commander, comms, exec } = people(slack);
  const others = ['drew', 'erin', 'finn', 'gale'].map((handle) => slack.addPerson({ handle }));
  const [drew, erin, finn, gale] = others;
  if (!drew || !erin || !finn || !gale) throw new Error('four more');
  const { channel } = await declare(stage, 'sev2 checkout is down');
  const here = { in: channel.name };
  gather(slack, channel, 'commander', 'comms', 'exec', ...others.map(({ handle }) => handle));
  await commander.clicks("I'm IC", here);
  await commander.slash('/incident handoff @comms', here);
  await quiet();

  // Everybody opens a form of their own.
  await oncall.clicks('Post update', here);
  await exec.clicks('Resolve', here);
  await drew.clicks('Change severity', here);
  await erin.clicks('Assign roles', here);
  await finn.slash('/incident cancel', here);
  await gale.slash('/incident edit', here);
  await comms.clicks('Edit brief', { in: 'dm' });
  await commander.slash('/incident task', here);
  const opened: [Modal, Parameters<Modal['fill']>[0], RegExp][] = [
    [
      await oncall.seesModal('Update INC-1'),
      { 'What is happening?': 'too late', Severity: 'SEV1', Status: 'identified' },
      /^INC-1 was resolved by @oncall .* Nothing was changed; if it is back/,
    ],
    [
      await exec.seesModal('Resolve INC-1'),
      { 'What fixed it?': 'mine', 'What did users feel?': 'mine' },
      /^INC-1 is resolved already by @oncall .* Nothing was changed/,
    ],
    [
      await drew.seesModal('Change severity'),
      { Severity: 'SEV1' },
      /^INC-1 was resolved by @oncall .* while this form was open\. Nothing was changed; .* open it again/,
    ],
    [
      await erin.seesModal('Roles of INC-1'),
      { 'Ops lead': 'erin' },
      /^INC-1 is resolved; roles change hands only while it is open/,
    ],
    [
      await finn.seesModal('Cancel INC-1'),
      { 'Why?': 'a probe' },
      /^INC-1 was resolved by @oncall .* while this form was open/,
    ],
    [
      await comms.seesModal('Brief of INC-1'),
      { Risks: 'none' },
      /^INC-1 is resolved by @oncall .*no command to hand over any more/,
    ],
    [
      await commander.seesModal('Task of INC-1'),
      { 'What is to be done?': 'too late' },
      /^INC-1 is resolved, so nobody is asked/,
    ],
  ];
  const correction = await gale.seesModal('Correct INC-1');
  await oncall.slash('/incident resolve rolled back', here);
  await quiet();

  const before = await record(1);
  const posts = channel.posts.length;
  for (const [form, filled, sentence] of opened) {
    await form.fill(filled);
    const answer = await form.submit();
    expect(answer.action).toBe('errors');
    expect(Object.values(answer.errors)).toEqual([expect.stringMatching(sentence)]);
  }
  await quiet();
  expect(await record(1)).toEqual(before);
  expect(channel.posts).toHaveLength(posts);

  // What it is called may be put right at any time.
  await correction.fill({ Title: 'Card payments fail' });
  expect(await correction.submit()).toMatchObject({ action: 'close' });

  // The other way round: a form to reopen what somebody has reopened, and a severity that somebody else has set.
  await drew.modal.close();
  await erin.modal.close();
  await drew.slash('/incident reopen', here);
  await erin.slash('/incident severity', here);
  const reopening = await drew.seesModal('Reopen INC-1');
  const grading = await erin.seesModal('Change severity');
  await commander.slash('/incident reopen it is back', here);
  await reopening.fill({ 'Why?': 'it is back' });
  expect((await reopening.submit()).errors['Why?']).toMatch(
    /^INC-1 is investigating, said by @commander .* nothing to reopen/,
  );
  await grading.close();
  // What a form only showed does not turn back what somebody else has decided.
  await drew.modal.close();
  await drew.slash('/incident update', here);
  const update = await drew.seesModal('Update INC-1');
  await commander.slash('/incident status identified build 812', here);
  await update.fill({ 'What is happening?': 'rolling back' });
  expect(await update.submit()).toMatchObject({ action: 'close' });
  await erin.slash('/incident severity', here);
  const stale = await erin.seesModal('Change severity');
  await commander.slash('/incident severity sev3 a workaround holds', here);
  await stale.fill({ Severity: 'SEV1' });
  expect((await stale.submit()).errors.Severity).toMatch(
    /^INC-1 was made SEV3 by @commander .* while this form was open/,
  );
  await quiet();
  expect((await record(1)).incident).toMatchObject({
    title: 'Card payments fail',
    status: 'identified',
    severity: 'SEV3',
  });
  expect(saying(channel.posts, /too late|a probe/)).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);
