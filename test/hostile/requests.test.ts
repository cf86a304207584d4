import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Stage, setStage } from '../journeys/stage.ts';
import { declare, everywhere, people, saying } from '../journeys/steps.ts';
import { signed } from '../slack/hearing.ts';
import { json, LEAK, numberish, orAnything, runs, text } from './given.ts';

const SECRET = 'merger with Initech';
const ACTIONS = [
  'declare',
  'change-severity',
  'mitigated',
  'resolve',
  'escalate',
  'take-ic',
  'assign-roles',
  'post-update',
  'snooze',
  'postmortem-edit',
  'postmortem-owner',
  'postmortem-due',
  'postmortem-review',
  'postmortem-confirm',
  'postmortem-take',
  'postmortem-publish',
  'postmortem-back',
];
const FORMS = ['declare', 'resolve', 'severity', 'edit', 'update', 'assign-roles'];

/** A public incident, and a private one of which exec, a guest and a stranger must learn nothing. */
async function besieged() {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, exec } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal('Declare an incident');
  await form.fill({ Title: SECRET, Severity: 'SEV2', Private: true });
  await form.submit();
  await stage.quiet();
  const guest = slack.addPerson({ handle: 'visitor', kind: 'guest' });
  const stranger = slack.addPerson({ handle: 'partner', kind: 'stranger' });
  return { stage, channel, outsiders: { exec, guest, stranger }, send: sender(stage) };
}

let sent = 0;
const next = (prefix: string): string => {
  sent += 1;
  return `${prefix}.${sent}`;
};

/** Straight to the door, signed as Slack signs. Answers status and body. */
function sender({ slack, sitrep }: Stage) {
  return async (payload: object, kind: 'command' | 'interactive' | 'event') => {
    const isEvent = kind === 'event';
    const form = kind === 'command' ? (payload as Record<string, string>) : { payload: JSON.stringify(payload) };
    const body = isEvent ? JSON.stringify(payload) : new URLSearchParams(form).toString();
    const response = await fetch(`${sitrep.origin}/slack/events`, {
      method: 'POST',
      headers: {
        // While the story waits, the server may close a connection that is idle, just when it would be used again.
        connection: 'close',
        'content-type': isEvent ? 'application/json' : 'application/x-www-form-urlencoded',
        ...signed(body, Math.floor(Date.now() / 1_000), slack.tokens.signingSecret),
      },
      body,
    });
    return { status: response.status, body: await response.text() };
  };
}

const click = (user: string, action: string, value: unknown) => ({
  type: 'block_actions',
  user: { id: user, team_id: 'T0ACME0001' },
  team: { id: 'T0ACME0001' },
  trigger_id: next('9'),
  actions: [{ type: 'button', action_id: action, value }],
});
const form = (user: string, callback: string, metadata: string, values: object) => ({
  type: 'view_submission',
  user: { id: user, team_id: 'T0ACME0001' },
  team: { id: 'T0ACME0001' },
  trigger_id: next('9'),
  view: {
    id: next('V'),
    hash: '1.a',
    callback_id: callback,
    private_metadata: metadata,
    blocks: [{ type: 'input', block_id: 'title' }],
    state: { values },
  },
});
const typed = (user: string, channel: string, words: string) => ({
  command: '/incident',
  text: words,
  user_id: user,
  team_id: 'T0ACME0001',
  channel_id: channel,
  trigger_id: next('9'),
});

/** In our forms a block and its element have one name. */
const wrote = (field: string) => ({ [field]: { [field]: { type: 'plain_text_input', value: 'pwned' } } });
const FILLED = {
  ...wrote('title'),
  ...wrote('text'),
  ...wrote('fixed'),
  ...wrote('why'),
  severity: { severity: { type: 'static_select', selected_option: { value: 'SEV3' } } },
  ic: { ic: { type: 'users_select', selected_user: 'U0EXEC0001' } },
};
/** What a form about incident 2 carried for whoever may see it. */
const METADATA = ['2', JSON.stringify({ incident: 2, status: 'investigating', severity: 'SEV2' })];

test('the buttons and forms of a private incident do nothing in the hands of others, and tell them nothing', async () => {
  const { stage, outsiders, send } = await besieged();
  const before = await heldOf(stage, 2);
  for (const { id } of Object.values(outsiders)) {
    for (const action of ACTIONS) expect((await send(click(id, action, '2'), 'interactive')).status).toBe(200);
    for (const callback of FORMS.filter((one) => one !== 'declare'))
      for (const metadata of METADATA) {
        const { status, body } = await send(form(id, callback, metadata, FILLED), 'interactive');
        expect([callback, status, body]).toEqual([callback, 200, expect.stringMatching(/errors/)]);
        expect(body).not.toMatch(LEAK);
        expect(body).not.toContain('Initech');
      }
    for (const words of [
      'show INC-2',
      'resolve pwned in INC-2',
      'update pwned in INC-2',
      'list',
      '',
      'postmortem in INC-2',
    ]) {
      const { status, body } = await send(typed(id, stage.slack.channel('general').id, words), 'command');
      expect([words, status]).toEqual([words, 200]);
      expect(body).not.toContain('Initech');
    }
  }
  await stage.quiet();
  expect(await heldOf(stage, 2)).toBe(before);
  const { exec } = outsiders;
  expect(saying([...exec.dms, ...exec.ephemerals], /Initech/)).toEqual([]);
});

test('guests and people of other organisations command nothing by replayed clicks and forms either', async () => {
  const { stage, outsiders, send } = await besieged();
  const before = await heldOf(stage, 1);
  for (const { id } of [outsiders.guest, outsiders.stranger]) {
    for (const action of ACTIONS) await send(click(id, action, '1'), 'interactive');
    for (const callback of FORMS) {
      const { body } = await send(form(id, callback, '1', FILLED), 'interactive');
      expect([callback, body]).toEqual([callback, expect.stringMatching(/cannot|not command/)]);
    }
  }
  await stage.quiet();
  expect(await heldOf(stage, 1)).toBe(before);
  expect(await stage.db.selectFrom('incidents').select('id').execute()).toHaveLength(2);
});

test('a form about an incident that does not exist is refused with a sentence', async () => {
  const { outsiders, send } = await besieged();
  for (const metadata of [
    '77',
    '999999999999',
    '1.5',
    '-1',
    '',
    JSON.stringify({ incident: 77, status: 'x', severity: 'y' }),
  ])
    for (const callback of FORMS.filter((one) => one !== 'declare')) {
      const { status, body } = await send(form(outsiders.exec.id, callback, metadata, FILLED), 'interactive');
      expect([metadata, callback, status, body]).toEqual([metadata, callback, 200, expect.stringMatching(/errors/)]);
      expect([metadata, callback, body]).toEqual([
        metadata,
        callback,
        expect.not.stringMatching(/fault of its own|database did not/),
      ]);
    }
});

test.each([-1e13, -1e12, -7e10, 0.5, 1e308, 4e9])(
  'a form whose start is the second %d is accepted or refused beside the field',
  async (second) => {
    const { outsiders, send, stage } = await besieged();
    const startedAt = { startedAt: { type: 'datetimepicker', selected_date_time: second } };
    for (const callback of ['declare', 'edit']) {
      const { status, body } = await send(
        form(outsiders.exec.id, callback, '1', { ...FILLED, startedAt }),
        'interactive',
      );
      expect([callback, status, body]).toEqual([
        callback,
        200,
        expect.not.stringMatching(/fault of its own|did not answer/),
      ]);
    }
    await stage.quiet();
  },
);

test('whatever is typed, pressed, sent or heard: sentences and refusals, nothing pings, the bot lives', async () => {
  const { stage, channel, outsiders, send } = await besieged();
  const { slack, sitrep, db } = stage;
  const calm = everywhere(slack).length;
  const who = fc.constantFrom(outsiders.exec.id, people(slack).oncall.id, 'U0NOBODY', '');
  const verb = fc.constantFrom(
    'declare ',
    'update ',
    'resolve ',
    'severity ',
    'cadence ',
    'snooze ',
    'link ',
    'ic ',
    'role ',
    'title ',
    'escalate ',
    'show ',
    'status ',
    'help ',
    '',
  );
  const command = fc
    .tuple(who, fc.constantFrom(channel.id, slack.channel('general').id, 'C0NOWHERE'), verb, text())
    .map(([user, place, first, rest]) => ['command', typed(user, place, `${first}${rest}`)] as const);
  const press = fc
    .tuple(who, fc.oneof(fc.constantFrom(...ACTIONS), text()), orAnything(numberish()))
    .map(([user, action, value]) => ['interactive', click(user, action, value)] as const);
  const field = fc.constantFrom(
    'title',
    'severity',
    'impact',
    'startedAt',
    'services',
    'text',
    'next',
    'fixed',
    'ic',
    'private',
  );
  const element = fc.oneof(
    fc.record({ value: orAnything(text()) }),
    fc.record({ selected_option: orAnything(fc.record({ value: text() })) }),
    fc.record({ selected_date_time: orAnything(fc.oneof(fc.double(), fc.integer())) }),
    fc.record({ selected_options: json() }),
    fc.record({ selected_user: json() }),
  );
  const filled = fc
    .array(fc.tuple(field, element), { maxLength: 6 })
    .map((some) => ({ ...FILLED, ...Object.fromEntries(some.map(([name, one]) => [name, { [name]: one }])) }));
  const submit = fc
    .tuple(
      who,
      fc.oneof(fc.constantFrom(...FORMS), text()),
      fc.oneof(numberish(), fc.constantFrom('1', ...METADATA)),
      filled,
    )
    .map(([user, callback, metadata, values]) => ['interactive', form(user, callback, metadata, values)] as const);
  const happened = fc
    .record(
      {
        type: fc.oneof(
          fc.constantFrom(
            'message',
            'reaction_added',
            'pin_added',
            'channel_rename',
            'member_joined_channel',
            'user_change',
            'app_home_opened',
            'channel_id_changed',
            'channel_archive',
            'group_left',
          ),
          text(),
        ),
        channel: orAnything(fc.constant('C0OTHER')),
        user: orAnything(fc.constantFrom(outsiders.exec.id)),
        item: json(),
        text: orAnything(text()),
        ts: orAnything(fc.constantFrom('1772359200.000100', '99999999999999.000001')),
        event_ts: orAnything(fc.constantFrom('1772359200.000100', '1e99')),
        subtype: json(),
        message: json(),
        tab: json(),
      },
      { requiredKeys: ['type'] },
    )
    .map((event) => ['event', { type: 'event_callback', event_id: next('Ev'), event }] as const);
  await fc.assert(
    fc.asyncProperty(fc.oneof(command, press, submit, happened), async ([kind, payload]) => {
      const { status, body } = await send(payload, kind);
      expect([200, 400]).toContain(status);
      expect(body).not.toMatch(LEAK);
      expect(body).not.toMatch(/fault of its own|database did not answer/);
    }),
    runs(250),
  );
  await stage.quiet();
  expect((await fetch(`${sitrep.origin}/healthz`)).status).toBe(200);
  expect(everywhere(slack).length).toBeGreaterThan(calm);
  const loud = everywhere(slack).filter(({ pings }) => pings.some((one) => one.startsWith('!') || one.startsWith('S')));
  expect(loud.map(({ shown }) => shown)).toEqual([]);
  expect(saying(everywhere(slack), LEAK).map(({ shown }) => shown)).toEqual([]);
  const parked = await db.selectFrom('jobs').select(['kind', 'lastError']).where('parkedAt', 'is not', null).execute();
  expect(parked).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

/** All that is held but who was refused. */
async function heldOf(stage: Stage, number: number): Promise<string> {
  const record = await stage.record(number);
  return JSON.stringify({ ...record, audit: record.audit.filter(({ what }) => what !== 'refused') });
}
