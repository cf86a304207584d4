import { describe, expect, test } from '@jest/globals';
import type { Around } from '../../src/incidents/contact.ts';
import type { Holder } from '../../src/incidents/incident.ts';
import type { UserId } from '../../src/lib/ids.ts';
import { commanderGone } from '../../src/roles/absent.ts';
import { askForCommand } from '../../src/roles/acknowledge.ts';
import { wordedRole } from '../../src/roles/refusals.ts';
import { assign, findRole, type Wish } from '../../src/roles/role.ts';
import { at, casey, erin, makeIncident, olivia, policy, sev, withSeverity } from '../support/given.ts';

const now = at('14:10');
const holds = (role: string, user: UserId): Holder => ({ role, userId: user, fromAt: at('14:02') });
const asking = (
  holders: readonly Holder[],
  wishes: readonly Wish[],
  over: { by?: UserId; polite?: boolean; incident?: object } = {},
) =>
  assign(makeIncident(over.incident), holders, policy, {
    wishes,
    by: over.by ?? olivia,
    now,
    polite: over.polite ?? false,
  });
const taken = (...args: Parameters<typeof asking>) => {
  const assigned = asking(...args);
  if (!assigned.ok) throw new Error(wordedRole(assigned.no).text);
  const { decision, changes } = assigned.value;
  const jobs = (decision.jobs ?? []).map(({ job }) => job);
  return {
    decision,
    changes,
    public: jobs.flatMap((job) => (job.kind === 'post' && job.to === 'channel' ? [job.message.text] : [])),
    dms: jobs.flatMap((job) => (job.kind === 'dm' ? [[job.user, job.message.text] as const] : [])),
    kinds: jobs.map((job) => job.kind),
  };
};

describe('taking and giving roles', () => {
  test('the first IC acknowledges the incident, once', () => {
    expect(taken([], [{ role: 'ic', user: olivia }]).decision.change).toMatchObject({ acknowledgedAt: now });
    const again = taken([holds('ic', olivia)], [{ role: 'ic', user: casey }], {
      incident: { acknowledgedAt: at('14:02') },
    });
    expect(again.decision.change).toMatchObject({ acknowledgedAt: at('14:02') });
  });

  test('one public line, the duties in private, an invitation, and card and topic follow', () => {
    const done = taken([], [{ role: 'comms', user: casey }]);
    expect(done.public).toEqual(['<@U0CASEY> is *Comms lead* (asked by <!name^U0OLIVIA>)']);
    expect(done.dms.map(([user]) => user)).toEqual([casey]);
    expect(done.kinds).toEqual(expect.arrayContaining(['invite', 'draw-card', 'draw-topic']));
  });

  test('the button takes only what is free: who comes second is told who has it and since when', () => {
    const refused = asking([holds('ic', casey)], [{ role: 'ic', user: olivia }], { polite: true });
    expect(refused).toMatchObject({ ok: false, no: { why: 'held', by: casey, since: at('14:02') } });
  });

  test('a typed command takes over: the line says from whom, and the one relieved hears it', () => {
    const done = taken([holds('ic', casey)], [{ role: 'ic', user: olivia }]);
    expect(done.public).toEqual(['<!name^U0OLIVIA> *has command*, taken over from <!name^U0CASEY>']);
    expect(done.dms.find(([user]) => user === casey)?.[1]).toContain('you are relieved');
  });

  test('IC and ops lead in one person at SEV1 is warned in private, with the reason; at SEV3 it is not', () => {
    const warned = (severity: string) =>
      taken([holds('ops', olivia)], [{ role: 'ic', user: olivia }], { incident: { severity } }).dms.some(([, text]) =>
        text.includes('nobody runs the incident'),
      );
    expect(warned('SEV1')).toBe(true);
    expect(warned('SEV2')).toBe(true);
    expect(warned('SEV3')).toBe(false);
  });

  test('the form changes only what differs', () => {
    const done = taken(
      [holds('ic', olivia), holds('ops', erin)],
      [
        { role: 'ic', user: olivia },
        { role: 'ops', user: null },
        { role: 'comms', user: casey },
        { role: 'scribe', user: null },
      ],
    );
    expect(done.changes).toEqual([
      { role: 'ops', user: null },
      { role: 'comms', user: casey },
    ]);
  });

  test('every question for an IC loses its button when somebody has command', () => {
    const edits = (asks: number) =>
      taken([], [{ role: 'ic', user: olivia }], { incident: { acknowledgeAsks: asks } }).kinds.filter(
        (kind) => kind === 'edit',
      );
    expect(edits(1)).toHaveLength(1);
    expect(edits(3)).toHaveLength(3);
    expect(edits(0)).toHaveLength(0);
  });

  test('releasing IC asks for another, counted from now', () => {
    const done = taken([holds('ic', olivia)], [{ role: 'ic', user: null }]);
    expect(done.decision.change).toMatchObject({ acknowledgeAsks: 0, acknowledgeAskedAt: now });
    expect(done.decision.jobs).toContainEqual({ job: { kind: 'acknowledge', incident: 42 }, runAt: at('14:15') });
  });

  test('another role changing hands leaves the patience with a missing IC alone', () => {
    const done = taken([holds('ops', erin)], [{ role: 'ops', user: casey }], { incident: { acknowledgeAsks: 1 } });
    expect(done.decision.change).toEqual({});
    expect(done.kinds).not.toContain('acknowledge');
  });

  test.each([
    [[], [{ role: 'ops', user: null }], 'nobody-holds-it'],
    [[holds('ic', olivia)], [{ role: 'ic', user: olivia }], 'you-hold-it'],
    [[holds('ic', casey)], [{ role: 'ic', user: casey }], 'held'],
  ] as const)('%j and %j changes nothing and says why', (holders, wishes, why) => {
    expect(asking(holders, wishes)).toMatchObject({ ok: false, no: { why } });
  });

  test('roles of an incident that has ended do not change hands', () => {
    expect(asking([], [{ role: 'ic', user: olivia }], { incident: { status: 'resolved' } })).toMatchObject({
      no: { why: 'has-ended' },
    });
  });

  test.each([
    ['ic', 'ic'],
    ['Commander', 'ic'],
    ['ops', 'ops'],
    ['Comms lead', 'comms'],
    ['scr', 'scribe'],
    ['banana', null],
    ['', null],
  ])('"%s" names %s', (word, id) => {
    expect(findRole(policy, word)?.id ?? null).toBe(id);
  });
});

describe('while nobody has command', () => {
  const contacts = withSeverity(sev('SEV1', { escalate: [{ after: 0, unless: null, to: ['@leads', erin] }] }));
  const around = (given = contacts, over: Partial<Around> = {}): Around => ({
    policy: given,
    holders: [],
    contacts: [],
    members: new Set([olivia]),
    ...over,
  });
  const asked = (asks: number, time: string, over = {}, given = around()) =>
    askForCommand(
      makeIncident({ acknowledgeAsks: asks, acknowledgeAskedAt: asks > 0 ? at('14:00') : null, ...over }),
      given,
      at(time),
    );
  const texts = (decision: ReturnType<typeof asked>) =>
    (decision?.jobs ?? []).flatMap(({ job }) =>
      job.kind === 'post' ? [`${String(job.to)}: ${job.message.text}`] : [],
    );

  test('the channel is asked after acknowledgeWithin, not before', () => {
    expect(texts(asked(0, '14:04'))).toEqual([]);
    expect(asked(0, '14:04')?.jobs).toEqual([{ job: { kind: 'acknowledge', incident: 42 }, runAt: at('14:05') }]);
    expect(texts(asked(0, '14:05'))[0]).toContain('Nobody has command');
  });

  test('a timer that wakes twice asks once', () => {
    expect(texts(asked(1, '14:00:30'))).toEqual([]);
  });

  test('asked in vain, the contacts of the severity are brought in at twice the time, the words before the invitation', () => {
    const second = asked(1, '14:05');
    expect(second?.entries?.[0]).toMatchObject({ kind: 'escalated', payload: { to: ['@leads', erin] } });
    expect(texts(second)[0]).toContain('<!subteam^@leads> <@U0ERIN>');
    expect(second?.jobs?.map(({ job }) => job.kind)).toEqual([
      'post',
      'page',
      'dm',
      'invite',
      'unanswered',
      'draw-card',
      'acknowledge',
    ]);
    expect(asked(2, '14:59')?.entries).toBeUndefined();
    expect(texts(asked(2, '15:00'))[0]).toContain('Nobody has command');
  });

  test('into a private incident nobody is invited: members are mentioned, others learn only that they are needed', () => {
    const known = around(contacts, { contacts: [{ written: '@leads', users: [casey, olivia] }] });
    const second = asked(1, '14:05', { visibility: 'private', title: 'Breach' }, known);
    expect(second?.jobs?.map(({ job }) => job.kind)).toEqual([
      'post',
      'dm',
      'dm',
      'unanswered',
      'draw-card',
      'acknowledge',
    ]);
    expect(texts(second)[0]).toContain('<@U0OLIVIA>: someone must take command.');
    expect(JSON.stringify(second?.jobs)).not.toMatch(/subteam|Breach/);
  });

  test('contacts for what is not mitigated are left alone once it is', () => {
    const spared = around(withSeverity(sev('SEV1', { escalate: [{ after: 0, unless: 'mitigated', to: [erin] }] })));
    const second = asked(1, '14:05', { mitigatedAt: at('14:03') }, spared);
    expect(texts(second)).toEqual([expect.stringMatching(/^channel: .*contacts of SEV1 are left alone/)]);
    expect(second?.entries).toMatchObject([{ kind: 'reminder_sent' }]);
  });

  test('without contacts it is said in the announcement channel with the key to set, but never for a private incident', () => {
    const said = texts(asked(1, '14:05', {}, around(policy)));
    expect(said.some((text) => text.startsWith('announcements:') && text.includes('severities[SEV1].escalate'))).toBe(
      true,
    );
    expect(
      texts(asked(1, '14:05', { visibility: 'private' }, around(policy))).every((text) => text.startsWith('channel:')),
    ).toBe(true);
  });

  test('a drill brings in nobody, and does not say it did', () => {
    const second = asked(1, '14:05', { kind: 'drill' });
    expect(texts(second).join()).not.toContain('subteam');
    expect(second?.entries).toMatchObject([{ kind: 'reminder_sent' }]);
  });

  test('with an IC, or after the end, nobody is asked', () => {
    expect(askForCommand(makeIncident(), around(contacts, { holders: [holds('ic', olivia)] }), at('15:00'))).toBeNull();
    expect(askForCommand(makeIncident({ status: 'resolved' }), around(), at('15:00'))).toBeNull();
  });
});

describe('while who has command is gone', () => {
  const gone = (
    user: UserId,
    over: Partial<Parameters<typeof makeIncident>[0]> = {},
    why: 'left' | 'deactivated' = 'left',
  ) => commanderGone(makeIncident(over), [holds('ic', casey), holds('ops', erin)], user, why, now);

  test('the channel and they are asked; of a closed account the channel alone; nobody of another role or after the end', () => {
    const kinds = (decision: ReturnType<typeof gone>) => decision?.jobs?.map(({ job }) => job.kind) ?? null;
    expect(kinds(gone(casey))).toEqual(['post', 'dm']);
    expect(kinds(gone(casey, {}, 'deactivated'))).toEqual(['post']);
    expect([gone(erin), gone(casey, { status: 'resolved' })]).toEqual([null, null]);
    expect(JSON.stringify(gone(casey, { visibility: 'private', title: 'Breach' }))).not.toContain('Breach');
  });

  test('the button relieves them and nobody else, and a closed account is not written to', () => {
    const take = (holder: UserId) =>
      assign(makeIncident(), [holds('ic', holder)], policy, {
        wishes: [{ role: 'ic', user: olivia }],
        by: olivia,
        now,
        polite: true,
        gone: casey,
        unreachable: new Set([casey]),
      });
    expect(take(erin)).toMatchObject({ ok: false, no: { why: 'held', by: erin } });
    const relieved = take(casey);
    expect(
      relieved.ok && relieved.value.decision.jobs?.flatMap(({ job }) => (job.kind === 'dm' ? [job.user] : [])),
    ).toEqual([olivia]);
  });
});
