import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { declareForm } from '../../src/declarations/form.ts';
import { editForm, formIncident, ResolveForm, SeverityForm } from '../../src/incidents/forms.ts';
import { ts } from '../../src/lib/ids.ts';
import { defaultPolicy, parsePolicy } from '../../src/policy.ts';
import { rolePickerForm } from '../../src/roles/role-picker.ts';
import { askingOf, switchboard } from '../../src/slack/asked.ts';
import { parseCommand } from '../../src/slack/command.ts';
import { readEnvelope } from '../../src/slack/envelope.ts';
import { readForm } from '../../src/slack/form.ts';
import { heardMessage, messageFromHistory } from '../../src/timeline/message.ts';
import { openedOn, updateForm } from '../../src/updates/update-modal.ts';
import { json, orAnything, runs, text } from './given.ts';

const US = { userId: 'U0SITREP01', botId: 'B0SITREP01' } as never;

test('any text is a command, a hint or nothing, never a fault', () => {
  fc.assert(
    fc.property(text(), (typed) => {
      expect(['bare', 'verb', 'unknown']).toContain(parseCommand(typed).kind);
    }),
    runs(500),
  );
});

test('any text as sitrep.yml is a policy or sentences with a line', () => {
  const scalar = fc.oneof(
    text(),
    fc.constantFrom('null', '~', '[]', '{}', '&a', '*a', '!!js/function x', '1e400', '15m', '- - -'),
  );
  const key = fc.constantFrom(
    'severities',
    'roles',
    'services',
    'timezone',
    'bridge',
    'defaultSeverity',
    'announceChannel',
    'id',
    'escalate',
    'hours',
    '<<',
    '__proto__',
  );
  const line = fc
    .tuple(fc.nat(4), key, scalar)
    .map(([depth, name, value]) => `${'  '.repeat(depth)}- ${name}: ${value}`);
  const yaml = fc.oneof(
    text(),
    fc
      .array(
        fc.oneof(
          line,
          line.map((one) => one.replace('- ', '')),
        ),
        { maxLength: 12 },
      )
      .map((lines) => lines.join('\n')),
  );
  fc.assert(
    fc.property(yaml, (written) => {
      const read = parsePolicy(written, 'sitrep.yml');
      if (read.ok) return;
      expect(JSON.stringify(read.no)).toMatch(/[a-z]/);
      expect(JSON.stringify(read.no)).not.toMatch(/ at .+\.(ts|js):\d+|node_modules/);
    }),
    runs(150),
  );
});

test('any value in any field of any form is read or told beside its field', () => {
  const element = fc.record(
    {
      type: orAnything(
        fc.constantFrom('plain_text_input', 'static_select', 'datetimepicker', 'checkboxes', 'users_select'),
      ),
      value: orAnything(text()),
      selected_option: orAnything(fc.record({ value: text() })),
      selected_options: orAnything(fc.array(fc.record({ value: text() }))),
      selected_date_time: orAnything(fc.double()),
      selected_user: orAnything(fc.string()),
    },
    { requiredKeys: [] },
  );
  const fields = fc.constantFrom(
    'title',
    'severity',
    'impact',
    'startedAt',
    'noticedAt',
    'mitigatedAt',
    'overAt',
    'private',
    'drill',
    'services',
    'text',
    'next',
    'status',
    'audience',
    'fixed',
    'why',
    'ic',
  );
  const values = fc.dictionary(fields, fc.dictionary(fc.string(), orAnything(element)), { noNullPrototype: true });
  const now = new Date();
  const forms = [
    declareForm(defaultPolicy, now),
    editForm(now),
    SeverityForm,
    ResolveForm,
    rolePickerForm(defaultPolicy, {}),
    updateForm(defaultPolicy, { status: 'investigating', severity: 'SEV1' }),
  ];
  fc.assert(
    fc.property(values, fc.nat(forms.length - 1), (given, which) => {
      const read = readForm(forms[which] ?? SeverityForm, given as never);
      if (!read.ok) for (const words of Object.values(read.no)) expect(words).not.toMatch(/undefined|expected|Invalid/);
    }),
    runs(400),
  );
});

test('any private_metadata names an incident or none', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        text(),
        json().map((value) => JSON.stringify(value)),
        fc.integer().map(String),
      ),
      (metadata) => {
        for (const id of [formIncident(metadata), openedOn(metadata)?.incident ?? null])
          expect(id === null || (Number.isInteger(id) && id > 0 && id < 2 ** 31)).toBe(true);
      },
    ),
    runs(500),
  );
});

const anyEvent = () =>
  fc.record(
    {
      type: fc.constant('message'),
      subtype: orAnything(
        fc.constantFrom(
          'message_changed',
          'message_deleted',
          'file_share',
          'channel_join',
          'bot_message',
          'never_heard_of',
        ),
      ),
      channel: orAnything(fc.constant('C1')),
      channel_type: orAnything(fc.constantFrom('channel', 'im', 'group')),
      user: orAnything(fc.constant('U1')),
      text: orAnything(text()),
      ts: orAnything(fc.constantFrom('1772359200.000100', '99999999999999.000001', '-1.000000', '1e99', '')),
      thread_ts: orAnything(fc.constant('1772359200.000100')),
      message: orAnything(fc.record({ ts: fc.constant('1772359200.000100'), text: text(), edited: json() })),
      previous_message: json(),
      deleted_ts: orAnything(fc.constant('1772359200.000100')),
      files: json(),
      edited: json(),
      reply_count: json(),
      pinned_to: json(),
    },
    { requiredKeys: ['type'] },
  );

test('any event and any page of history is an entry with a time, or a reason why not', () => {
  fc.assert(
    fc.property(anyEvent(), (event) => {
      const heard = heardMessage(event, US);
      const entries = [...(heard.ok ? [heard.value.entry] : []), ...messageFromHistory(event as never, US)];
      for (const entry of entries) {
        expect(Number.isNaN(entry.occurredAt.getTime())).toBe(false);
        expect(ts(entry.identity).length).toBeGreaterThan(2);
      }
    }),
    runs(600),
  );
});

test('any body is an envelope of which every part may be believed, or unknown', () => {
  const board = switchboard([]);
  const body = fc.record(
    {
      type: orAnything(
        fc.constantFrom(
          'block_actions',
          'view_submission',
          'shortcut',
          'message_action',
          'event_callback',
          'view_closed',
        ),
      ),
      command: orAnything(fc.constant('/incident')),
      text: orAnything(text()),
      user: orAnything(fc.record({ id: fc.string() })),
      user_id: orAnything(fc.constant('U1')),
      channel_id: orAnything(fc.constant('C1')),
      trigger_id: orAnything(fc.constant('1.2.3')),
      callback_id: orAnything(text()),
      view: orAnything(fc.record({ id: fc.constant('V1'), callback_id: text(), private_metadata: text() })),
      actions: orAnything(
        fc.array(orAnything(fc.record({ type: fc.constant('button'), action_id: text(), value: orAnything(text()) }))),
      ),
      event: orAnything(anyEvent()),
      message: json(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(body, json()), (given) => {
      const envelope = readEnvelope(given);
      if (
        envelope.kind === 'command' ||
        envelope.kind === 'click' ||
        envelope.kind === 'form' ||
        envelope.kind === 'shortcut'
      )
        expect(askingOf(envelope, board, '/incident').listener).toBeNull();
    }),
    runs(600),
  );
});
