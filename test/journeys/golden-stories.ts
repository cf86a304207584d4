import { MINUTE } from '../../src/lib/duration.ts';
import { incidentId, type Ts } from '../../src/lib/ids.ts';
import type { Person } from '../../src/sandbox/person.ts';
import { redact } from '../../src/timeline/transactions.ts';
import type { Stage } from './stage.ts';
import { channelOf, type Declared, declare, gather, people } from './steps.ts';

/** Five incidents as people live them. Each plays after the one before, in the same workspace, and ends resolved. */
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
  };
}

async function clean(stage: Stage): Promise<number> {
  const { oncall, commander, comms, at, pass, number } = scene(stage, await declare(stage, 'sev1 Card payments fail'));
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
  oncall.says('follow-up: give the card client a timeout', at);
  await pass(6);
  await commander.slash('/incident resolve Build 812 rolled back, the card client pinned to 4.1', at);
  await pass(0);
  return number;
}

/** Late and missed promises, a wrong turn, words taken back, a handoff, reopened, and words that blame. */
async function messy(stage: Stage): Promise<number> {
  const { slack } = stage;
  const declared = await declare(stage, 'sev3 Search is slow *sometimes* <!channel>');
  const { oncall, commander, comms, exec, at, pass, handsOver, number } = scene(stage, declared);
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
  await pass(70);
  oncall.says('pool raised to 200 connections, errors are gone', at);
  await pass(2);
  await exec.slash('/incident mitigated pool raised', at);
  await stage.quiet();
  const deps = { db: stage.db, now: slack.now };
  await redact(deps, incidentId(number), key.ts as Ts, 'operator');
  await exec.slash('/incident resolve human error: somebody forgot to raise the pool with the traffic', at);
  await pass(0);
  return number;
}

/** Nobody says a word in the channel. */
async function silent(stage: Stage): Promise<number> {
  const declared = await declare(stage, 'sev2 Nightly exports are late');
  await stage.quiet();
  await stage.pass(95 * MINUTE);
  await stage.quiet();
  await people(stage.slack).oncall.slash('/incident resolve the vendor restarted their queue', {
    in: declared.channel.name,
  });
  await stage.quiet();
  return declared.number;
}

/** A day and a night: three commanders, the promise kept by day, missed by night. */
async function longNight(stage: Stage): Promise<number> {
  const { oncall, commander, comms, exec, at, pass, handsOver, number } = scene(
    stage,
    await declare(stage, 'sev2 Replication lags behind'),
  );
  await commander.slash('/incident ic', at);
  await commander.slash('/incident role ops @oncall', at);
  await commander.slash('/incident cadence 2h', at);
  oncall.says('a backfill of orders started at noon, the replica applies 40 % of it', at);
  for (let hour = 2; hour <= 8; hour += 2) {
    await pass(115);
    oncall.says(`lag is ${hour} h now`, at);
    await comms.slash(`/incident update Lag grows slowly, ${10 - hour} h of room left.`, at);
  }
  await handsOver(commander, exec);
  exec.says('I have it for the night. Can we throttle the backfill?', at);
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
  await stage.pass(25 * MINUTE);
  await stage.quiet();
  await commander.slash('/incident resolve Public access is blocked for the whole account', at);
  await stage.quiet();
  return number;
}
