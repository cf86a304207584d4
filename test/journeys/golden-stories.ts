import { expect } from '@jest/globals';
import { MINUTE } from '../../src/lib/duration.ts';
import { incidentId, type Ts } from '../../src/lib/ids.ts';
import type { Person } from '../../src/sandbox/person.ts';
import { redact } from '../../src/timeline/transactions.ts';
import type { Stage } from './stage.ts';
import { channelOf, type Declared, declare, gather, people } from './steps.ts';

/**
 * Five incidents as people live them, and their postmortems as people work on them: published, in review, drafted, barely
 * begun. Each plays after the one before, in the same workspace.
 */
export const STORIES: Readonly<Record<string, (stage: Stage) => Promise<number>>> = {
  clean,
  messy,
  silent,
  'long-night': longNight,
  private: secret,
};

/** What people do in the channel of one incident, and how time passes there. */
function scene(stage: Stage, { number, channel }: Declared) {
  const { slack } = stage;
  const all = people(slack);
  gather(slack, channel, ...Object.keys(all));
  return {
    ...all,
    number,
    at: { in: channel.name },
    handsOver: async (from: Person, to: Person) => {
      await from.slash(`/incident handoff @${to.handle}`, { in: channel.name });
      await stage.quiet();
      await to.clicks('Accept', { in: 'dm' });
      await stage.quiet();
    },
    pass: async (minutes: number) => {
      await stage.quiet();
      await stage.pass(minutes * MINUTE);
      await stage.quiet();
    },
    ...writing(stage, { number, channel }),
  };
}

/** How people put a postmortem into words and note what is to be done. */
function writing(stage: Stage, { number, channel }: Declared) {
  const at = { in: channel.name };
  return {
    /** What is evidence stays, what was asked for is answered. */
    puts: async (who: Person, heading: string, ...lines: string[]) => {
      await stage.quiet();
      await who.selects('Edit a section', heading, at);
      const form = await who.seesModal(`Edit INC-${number}`);
      const evidence = String(form.value(heading))
        .split('\n')
        .filter((line) => !line.includes('*unknown, ask '));
      const own =
        heading === 'Summary' ? [...lines, '', ...evidence] : [...evidence, ...lines.map((line) => `- ${line}`)];
      await form.fill({ [heading]: own.join('\n').trim() });
      await form.submit();
      await stage.quiet();
      for (const left of who.modals) await left.close();
    },
    notes: async (who: Person, fields: Record<string, string>) => {
      await stage.quiet();
      await who.clicks('Add action item', at);
      const form = await who.seesModal('Add action item');
      await form.fill(fields);
      expect((await form.submit()).errors).toEqual({});
      await stage.quiet();
    },
  };
}

async function clean(stage: Stage): Promise<number> {
  const given = scene(stage, await declare(stage, 'sev1 Card payments fail'));
  const { oncall, commander, comms, at, pass, puts, notes, number } = given;
  await pass(1);
  await commander.clicks("I'm IC", at);
  await commander.slash('/incident role ops @oncall', at);
  await comms.slash('/incident role comms', at);
  await commander.slash('/incident impact Every payment by card fails; the cart is kept.', at);
  await pass(2);
  oncall.says('errors start with build 812 of the card client, deployed ten minutes before the alert', at);
  await pass(2);
  const idea = oncall.says('let’s roll back 812, @commander?', at);
  await pass(1);
  commander.says('yes, go', at);
  commander.reacts(idea, 'pushpin');
  await pass(4);
  await comms.slash('/incident update Card client of build 812 times out; rollback is running.', at);
  await commander.slash(
    '/incident status identified build 812 of the card client waits for ever on a slow provider',
    at,
  );
  await pass(8);
  oncall.says('all hosts on 811, payments are recovering', at);
  await pass(3);
  await commander.slash('/incident mitigated build 812 rolled back', at);
  await pass(1);
  await comms.slash('/incident update Payments work again; watching.', at);
  await pass(6);
  const followUp = oncall.says('give the card client a timeout', at);
  await pass(1);
  await commander.slash('/incident clock started 13:46 the graph of refused cards', at);
  await commander.slash('/incident clock detected 13:51 the alert on refused cards', at);
  oncall.reacts(followUp, 'dart');
  await pass(5);
  await commander.slash('/incident resolve Build 812 rolled back, the card client pinned to 4.1', at);
  await pass(0);
  await commander.clicks('Assign', at);
  const assign = await commander.seesModal('Assign action item');
  await assign.fill({ Owner: 'oncall', Due: 'in 1 week' });
  await assign.submit();
  await notes(commander, {
    'What is to be done?': 'alert when the share of card payments that succeed falls below 95 %',
    Owner: 'comms',
    Due: '2026-04-10',
    'What is it good for?': 'detect',
    Ticket: 'https://tracker.example/PAY-812',
  });
  await notes(commander, {
    'What is to be done?': 'try new card clients on one host for an hour before they go to all',
    Owner: 'oncall',
    Due: 'end of april',
    'What is it good for?': 'prevent',
    Ticket: 'https://tracker.example/PAY-813',
  });
  await pass(60);
  await puts(
    commander,
    'Summary',
    'For half an hour every payment by card failed, because a new card client waited for ever on a provider that was slow.',
  );
  await puts(
    oncall,
    'Contributing factors',
    'change: build 812 brought a card client whose default is to wait without end',
    'dependency: the provider is slow every Friday while it settles its books',
    'capacity: all requests share one pool, so the slow ones held up the rest',
  );
  await puts(
    comms,
    'Where we got lucky',
    'It was two in the afternoon: at the evening peak the cart would have been lost as well.',
  );
  await puts(oncall, 'Lessons learned', 'A rollback is ten minutes from idea to last host; that is worth halving.');
  await commander.slash('/incident postmortem review @oncall @comms', at);
  await pass(0);
  await oncall.clicks('Confirm', { in: 'dm' });
  await comms.clicks('Add perspective', { in: 'dm' });
  const seen = await comms.seesModal();
  await seen.fill({ 'How did you see it?': 'Support heard of it from customers five minutes before us.' });
  await seen.submit();
  await pass(30);
  await commander.slash('/incident postmortem publish', at);
  await pass(0);
  return number;
}

/** Late and missed promises, a wrong turn, words taken back, a handoff, reopened, and words that blame. In review. */
async function messy(stage: Stage): Promise<number> {
  const { slack } = stage;
  const declared = await declare(stage, 'sev3 Search is slow *sometimes* <!channel>');
  const { oncall, commander, comms, exec, at, pass, handsOver, puts, notes, number } = scene(stage, declared);
  await pass(9);
  oncall.says('is it the index? `reindex` took all night', at);
  await pass(14);
  const slip = oncall.says('I looked with the password hunter2', at);
  commander.pins(slip);
  await pass(1);
  oncall.deletes(slip);
  await commander.slash('/incident ic', at);
  await commander.slash('/incident sev sev2 checkout is slow as well', at);
  await pass(20);
  const first = oncall.says('a vendor problem, their status page is red', at);
  oncall.edits(first, 'maybe a vendor problem: their status page is *yellow*\n> us-east');
  comms.reacts(first, 'pushpin');
  await pass(16);
  await comms.slash('/incident update Still looking, two leads.', at);
  await pass(34);
  await comms.slash('/incident update Vendor confirms a network fault.', at);
  oncall.says('could we fail over to eu-west? the connection pool is exhausted', at);
  await pass(4);
  await handsOver(commander, exec);
  await pass(11);
  await exec.slash('/incident resolve failed over to eu-west', at);
  await pass(10);
  await exec.slash('/incident reopen searches time out again', at);
  const key = oncall.says('the api key in the config is sk-live-4711', at);
  oncall.reacts(key, 'pushpin');
  for (const handle of ['ada', 'ben', 'cleo', 'dora', 'emil', 'finn', 'gus', 'hana']) {
    const another = slack.addPerson({ handle });
    another.joins(declared.channel.name);
    another.says('searches time out for my team too', at);
  }
  await pass(70);
  oncall.says('pool raised to 200 connections, errors are gone', at);
  await pass(2);
  await exec.slash('/incident mitigated pool raised', at);
  await stage.quiet();
  const deps = { db: stage.db, now: slack.now };
  await redact(deps, incidentId(number), key.ts as Ts, 'operator');
  await exec.slash('/incident resolve human error: somebody forgot to raise the pool with the traffic', at);
  await pass(0);
  await exec.slash('/incident action let the pool grow with the traffic @oncall by in 2 weeks', at);
  await exec.slash('/incident action be more careful with vendors', at);
  await pass(0);
  await exec.clicks('Drop', at);
  const drop = await exec.seesModal('Drop action item');
  await drop.fill({ 'Why will it not be done?': 'care wears off; the next one is a guard' });
  await drop.submit();
  await notes(comms, {
    'What is to be done?': 'tell customers that a vendor has trouble only when the vendor confirmed it',
    Owner: 'comms',
    Due: 'in 3 weeks',
    'What is it good for?': 'process',
  });
  await puts(
    oncall,
    'Contributing factors',
    'capacity: the pool of connections stayed at 100 while traffic doubled over the year',
    'dependency: the vendor’s yellow status page drew us to the network for an hour',
    'conditions of work: nobody on call had seen the pool’s graph before',
  );
  await comms.slash(
    '/incident postmortem edit lucky - The failover was tried at night; by day it would have cut off eu-west too.',
    at,
  );
  await exec.slash('/incident postmortem due in 6 days: the vendor reports on Wednesday', at);
  await exec.slash('/incident postmortem review @oncall @commander', at);
  await pass(0);
  return number;
}

/** Nobody says a word in the channel, and the postmortem is barely begun. */
async function silent(stage: Stage): Promise<number> {
  const declared = await declare(stage, 'sev2 Nightly exports are late');
  await stage.quiet();
  // What falls due at one moment is written in no certain order.
  await stage.pass(20 * MINUTE);
  await stage.quiet();
  await stage.pass(75 * MINUTE);
  await stage.quiet();
  await people(stage.slack).oncall.slash('/incident resolve the vendor restarted their queue', {
    in: declared.channel.name,
  });
  await stage.quiet();
  const { oncall } = people(stage.slack);
  const { puts, notes } = writing(stage, declared);
  await notes(oncall, {
    'What is to be done?': 'alert when an export has not begun by 03:00',
    Owner: 'oncall',
    Due: 'in 2 weeks',
    'What is it good for?': 'detect',
    Ticket: 'https://tracker.example/EXP-7',
  });
  await puts(
    oncall,
    'Contributing factors',
    'dependency: the vendor’s queue stops without a word when its disk is full',
  );
  await puts(oncall, 'Where we got lucky', 'Nobody needed the export before noon.');
  return declared.number;
}

/** More than a day, over the change to summer time: three commanders, promises kept by night, one missed by day; help is called and comes. */
async function longNight(stage: Stage): Promise<number> {
  const given = scene(stage, await declare(stage, 'sev1 Replication lags behind'));
  const { oncall, commander, comms, exec, at, pass, handsOver, puts, notes, number } = given;
  await commander.slash('/incident ic', at);
  await commander.slash('/incident role ops @oncall', at);
  await commander.slash('/incident cadence 2h', at);
  oncall.says('a backfill of orders started at noon, the replica applies 40 % of it', at);
  await pass(32);
  await exec.clicks("I'm on it", at);
  await pass(83);
  for (let hour = 2; hour <= 12; hour += 2) {
    oncall.says(`lag is ${hour} h now`, at);
    await comms.slash(`/incident update Lag grows slowly, ${14 - hour} h of room left.`, at);
    await pass(hour < 12 ? 115 : 0);
  }
  await handsOver(commander, exec);
  exec.says('I have it for the day. Can we throttle the backfill?', at);
  await pass(9 * 60);
  oncall.says('backfill throttled, lag shrinks: it wrote faster than the replica applies', at);
  await pass(1);
  await exec.slash('/incident update Lag shrinks since the backfill runs at a third.', at);
  await exec.slash('/incident status identified the backfill wrote faster than one replica applies', at);
  await handsOver(exec, commander);
  await pass(110);
  await comms.slash('/incident update Caught up to half an hour.', at);
  await commander.slash('/incident mitigated backfill throttled to a third', at);
  await pass(100);
  await commander.slash('/incident resolve Backfill throttled; replicas caught up', at);
  await pass(0);
  await notes(commander, {
    'What is to be done?': 'let backfills slow down by themselves when replicas lag',
    Owner: 'oncall',
    Due: 'end of april',
    'What is it good for?': 'prevent',
    Ticket: 'https://tracker.example/DB-40',
  });
  await commander.slash(
    '/incident action put the lag of replicas on the dashboard of those on call @exec by in 10 days',
    at,
  );
  await pass(0);
  await exec.clicks('Done', at);
  await puts(
    exec,
    'Contributing factors',
    'data: the backfill rewrote every order since 2019 in one go',
    'capacity: one replica applies what four writers write',
    'conditions of work: the night shift held the incident alone and had no runbook for it',
  );
  await puts(
    commander,
    'Where we got lucky',
    'It was a weekend: reports that read from replicas were not due before Monday.',
  );
  await pass(0);
  return number;
}

async function secret(stage: Stage): Promise<number> {
  const { slack } = stage;
  const { oncall, commander } = people(slack);
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal('Declare an incident');
  await form.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await form.submit();
  await stage.quiet();
  const number = Number(/INC-(\d+) declared/.exec(oncall.modal.title)?.[1]);
  const channel = await channelOf(stage, number);
  oncall.invites('commander', channel.name);
  const at = { in: channel.name };
  await stage.quiet();
  await commander.slash('/incident ic', at);
  oncall.says('a bucket with invoices is readable by everybody since the migration on Tuesday', at);
  await stage.pass(7 * MINUTE);
  await stage.quiet();
  commander.says('turn public access off, keep the access logs', at);
  await stage.pass(4 * MINUTE);
  await commander.slash('/incident mitigated public access switched off', at);
  await stage.quiet();
  await stage.pass(25 * MINUTE);
  await stage.quiet();
  await commander.slash('/incident resolve Public access is blocked for the whole account', at);
  await stage.quiet();
  const { puts, notes } = writing(stage, { number, channel });
  await notes(commander, {
    'What is to be done?': 'refuse public buckets by policy of the account, in every account',
    Owner: 'oncall',
    Due: 'in 3 days',
    'What is it good for?': 'prevent',
    Ticket: 'https://tracker.example/SEC-9',
  });
  await commander.slash('/incident action tell those whose invoices were read @commander by tomorrow', at);
  await puts(
    oncall,
    'Contributing factors',
    'change: the migration on Tuesday copied the bucket without its policy',
    'config: new buckets are public unless somebody says otherwise',
    'security: nothing looked for public buckets that hold personal data',
  );
  await puts(commander, 'Where we got lucky', 'The access logs were on, so we can say who read what.');
  return number;
}
