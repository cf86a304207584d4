import { describe, expect, test } from '@jest/globals';
import { type Brief, draftBrief, type Entry, type Facts } from '../../src/handoffs/brief.ts';
import { mayNotOffer, tooLate } from '../../src/handoffs/handoff.ts';
import { offered } from '../../src/handoffs/messages.ts';
import type { Offer } from '../../src/handoffs/offer.ts';
import { type HandoffRefusal, wordedHandoff } from '../../src/handoffs/refusals.ts';
import { watch } from '../../src/handoffs/watch.ts';
import type { UserId } from '../../src/lib/ids.ts';
import { ts } from '../../src/lib/ids.ts';
import { textIn } from '../../src/slack/blocks.ts';
import { messageLimits } from '../../src/slack/limits.ts';
import { at, casey, erin, makeIncident, makeTask, olivia, policy } from '../support/given.ts';

const incident = makeIncident({ promiseDueAt: at('14:30') });
const holders = [{ role: 'ic', userId: olivia, fromAt: at('14:02') }];
const names = new Map<UserId, string>([
  [olivia, 'Olivia'],
  [casey, 'Casey'],
]);
const nothing: Brief = { stands: '-', tried: '-', pending: '-', risks: '-', quoted: [] };
const offer = (over: Partial<Offer> = {}): Offer => ({
  id: 3,
  incidentId: incident.id,
  fromUser: olivia,
  toUser: casey,
  heldSince: at('14:02'),
  brief: nothing,
  briefVersion: 1,
  editedBy: null,
  editedAt: null,
  offeredAt: at('14:10'),
  toldAt: null,
  outcome: null,
  endedBy: null,
  endedAt: null,
  ...over,
});

describe('the brief', () => {
  let n = 0;
  const entry = (kind: Entry['kind'], time: string, text: string | null, over: Partial<Entry> = {}): Entry => ({
    kind,
    occurredAt: at(time),
    actor: casey,
    text,
    ts: kind.startsWith('message') ? ts(`1700000000.00000${n++}`) : null,
    payload: {},
    ...over,
  });
  const drafted = (over: Partial<Facts> = {}) =>
    draftBrief({
      incident,
      holders,
      policy,
      entries: [],
      followUps: [],
      updates: { promised: 0, late: 0 },
      names,
      now: at('14:20'),
      ...over,
    });

  test('says of an empty record what it lacks, and invents nothing', () => {
    expect(drafted()).toMatchInlineSnapshot(`
{
  "pending": "Users still feel it: nothing has mitigated it.",
  "quoted": [],
  "risks": "Nobody is Ops lead or Comms lead.",
  "stands": "No update was posted and no note was made yet.",
  "tried": "Nothing that was tried is on record.",
}
`);
  });

  test('is written from the last update, notes, what was tried, escalations, action items and what is missing', () => {
    const drawn = drafted({
      incident: makeIncident({ severityChosen: false, cadenceOffReason: 'waiting for the vendor' }),
      entries: [
        entry('update_posted', '14:05', 'looking at the database'),
        entry('message', '14:06', 'rolled back build 812'),
        entry('message', '14:07', 'and again: rollback, same thing'),
        entry('message', '14:08', 'Restarting <@U0OLIVIA> &lt;now&gt;'),
        entry('message', '14:08', 'I am a bot and restore things', { payload: { bot_id: 'B1' } }),
        entry('note', '14:09', 'the vendor\nis called'),
        entry('update_posted', '14:10', 'still looking, two leads'),
        entry('escalated', '14:11', 'to @leads: SEV1 for 10 min', { actor: null }),
        entry('status_changed', '14:12', 'investigating → mitigated: failed over', {
          payload: { to: 'mitigated', why: 'failed over' },
        }),
      ],
      followUps: ['add an alert'],
      updates: { promised: 4, late: 1 },
    });
    expect(drawn).toMatchInlineSnapshot(`
{
  "pending": "Users still feel it: nothing has mitigated it.
Escalated 14:11 to @leads: SEV1 for 10 min
Action item: add an alert",
  "quoted": [
    "1700000000.000000",
    "1700000000.000002",
  ],
  "risks": "Nobody is Ops lead or Comms lead.
3 mitigations in the last half hour: beware of the second incident.
1 of 4 promised updates came late: people will ask.
No updates are promised: waiting for the vendor
Nobody chose SEV1: it is the default.",
  "stands": "14:10 Casey: still looking, two leads
14:09 Casey: the vendor is called",
  "tried": "14:06 Casey: rolled back build 812
14:08 Casey: Restarting @Olivia <now>
14:12 Casey: investigating → mitigated: failed over",
}
`);
  });

  test('quotes the last wording, and nothing that was taken back', () => {
    const edited = entry('message', '14:06', 'rolled back 811');
    const gone = entry('message', '14:07', 'restarting the secret host');
    const { tried, quoted } = drafted({
      entries: [
        edited,
        gone,
        { ...edited, kind: 'message_edited', text: 'rolled back 812' },
        { ...gone, kind: 'message_deleted', text: null },
      ],
    });
    expect(tried).toBe('14:06 Casey: rolled back 812');
    expect(quoted).toEqual([edited.ts]);
  });

  test('of the longest words, in the worst characters, leaves room for its buttons', () => {
    const longest = '<'.repeat(1_500);
    const tasks = Array.from({ length: 40 }, (_, id) => makeTask({ id, what: '<'.repeat(500), status: 'asked' }));
    const worst = makeIncident({ title: '<!channel>'.repeat(300), impact: '&'.repeat(3_000) });
    const brief = { ...nothing, stands: longest, tried: longest, pending: longest, risks: longest };
    const drawn = offered(offer({ brief }), { incident: worst, holders, tasks, names, policy, now: at('18:00') });
    expect(drawn.blocks?.at(-1)).toMatchObject({ type: 'actions' });
    expect(textIn(drawn.blocks)).toBeLessThan(messageLimits.blocksTextBudget);
    expect(JSON.stringify(drawn)).not.toContain('<!channel');
  });
});

describe('an offer', () => {
  const last = { by: erin, at: at('14:15') };
  const late = (over: Partial<Offer>, held = holders, status: 'investigating' | 'resolved' = 'investigating') =>
    tooLate(makeIncident({ status }), held, offer(over), { status: last, role: last })?.why ?? null;

  test('can be answered while the holding lasts from which it was made', () => {
    expect(late({})).toBeNull();
    expect(late({ outcome: 'accepted' })).toBe('answered');
    expect(late({ outcome: 'declined' })).toBe('answered');
    expect(late({ outcome: 'replaced' })).toBe('replaced');
    expect(late({}, [{ role: 'ic', userId: erin, fromAt: at('14:12') }])).toBe('overtaken');
    // The same person took command anew: what they offered before is not what they have now.
    expect(late({}, [{ role: 'ic', userId: olivia, fromAt: at('14:12') }])).toBe('overtaken');
    expect(late({}, [])).toBe('overtaken');
    expect(late({}, holders, 'resolved')).toBe('has-ended');
  });

  test('is made to a member, as far as Slack tells; to the same one again only when the first is worth nothing', () => {
    const person = { userId: casey, teamId: null, name: 'Casey', standing: 'member' as const, checkedAt: at('14:00') };
    const refused = (over: { person?: typeof person | 'nobody' | null; open?: Offer | null }) =>
      mayNotOffer(
        incident,
        holders,
        { to: casey, by: olivia, person: over.person === undefined ? person : over.person },
        new Set(),
        over.open ?? null,
        null,
      )?.why ?? null;
    expect(refused({})).toBeNull();
    expect(refused({ person: 'nobody' })).toBe('unknown-person');
    expect(refused({ person: null })).toBeNull();
    expect(refused({ open: offer() })).toBe('offered-already');
    expect(refused({ open: offer({ heldSince: at('13:00') }) })).toBeNull();
    expect(refused({ open: offer({ toUser: erin }) })).toBeNull();
  });

  test('no two refusals are alike', () => {
    const refusals: HandoffRefusal[] = [
      { why: 'nobody-named', word: '' },
      { why: 'nobody-named', word: 'casey' },
      { why: 'several-named', people: [casey, erin] },
      { why: 'yourself', incident },
      ...(['guest', 'stranger', 'bot', 'deactivated'] as const).map((standing) => ({
        why: 'cannot-command' as const,
        user: casey,
        standing,
      })),
      { why: 'unknown-person', user: casey },
      { why: 'no-ic', incident },
      { why: 'not-ic', incident, ic: olivia, since: at('14:02') },
      { why: 'not-inside', incident, user: casey },
      { why: 'has-ended', incident, last },
      { why: 'offered-already', offer: offer() },
      { why: 'no-such-offer', incident },
      { why: 'not-yours', offer: offer() },
      { why: 'answered', incident, offer: offer({ outcome: 'accepted' }) },
      { why: 'answered', incident, offer: offer({ outcome: 'declined' }) },
      { why: 'replaced', incident, offer: offer() },
      { why: 'overtaken', incident, ic: erin, last },
      { why: 'overtaken', incident, ic: null, last },
      { why: 'edited-meanwhile', offer: offer({ editedBy: erin, editedAt: at('14:15') }) },
    ];
    const said = refusals.map((one) => wordedHandoff(one).text);
    expect(new Set(said).size).toBe(said.length);
  });
});

describe('the timer of command', () => {
  const holding = (over = {}) => ({ userId: olivia, fromAt: at('14:02'), handoverSuggestedAt: null, ...over });
  const woken = (
    time: string,
    given: { offer?: Offer | null; holding?: ReturnType<typeof holding> | null; over?: object } = {},
  ) => {
    const { offer: open = null, holding: held = holding(), over = {} } = given;
    const watched = watch(makeIncident(over), held ? [{ role: 'ic', ...held }] : [], held, open, at(time));
    const jobs = (watched.decision.jobs ?? []).map(({ job, runAt }) => (job.kind === 'command' ? runAt : job.kind));
    return { offer: watched.offer, suggested: watched.suggested, jobs };
  };
  const quiet = { offer: null, suggested: false };

  test('says once, after 5 min, that an offer is not answered, and goes on to look after long command', () => {
    expect(woken('14:14', { offer: offer() })).toEqual({ ...quiet, jobs: [at('14:15')] });
    expect(woken('14:15', { offer: offer() })).toEqual({
      offer: { toldAt: at('14:15') },
      suggested: false,
      jobs: ['post', at('18:02')],
    });
    expect(woken('14:40', { offer: offer({ toldAt: at('14:15') }) })).toEqual({ ...quiet, jobs: [at('18:02')] });
  });

  test('closes an offer that is worth nothing any more', () => {
    const moved = holding({ userId: erin, fromAt: at('14:12') });
    expect(woken('14:12', { offer: offer(), holding: moved }).offer).toEqual({
      outcome: 'overtaken',
      endedAt: at('14:12'),
      endedBy: erin,
    });
    const ended = woken('14:12', { offer: offer(), over: { status: 'resolved' } });
    expect(ended.offer).toMatchObject({ outcome: 'ended' });
    expect(ended.jobs).toEqual(['edit', 'edit']);
  });

  test('suggests to hand over after 4 h, once for each holding, counted anew when the incident was reopened', () => {
    expect(woken('18:02')).toEqual({ ...quiet, suggested: true, jobs: ['dm'] });
    expect(woken('19:00', { holding: holding({ handoverSuggestedAt: at('18:02') }) })).toEqual({ ...quiet, jobs: [] });
    expect(woken('18:02', { over: { acknowledgeAskedAt: at('16:00') } })).toEqual({ ...quiet, jobs: [at('20:00')] });
    expect(woken('18:02', { over: { status: 'resolved' } })).toEqual({ ...quiet, jobs: [] });
    expect(woken('18:02', { holding: null })).toEqual({ ...quiet, jobs: [] });
  });
});
