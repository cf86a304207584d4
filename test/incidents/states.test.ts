import { expect, test } from '@jest/globals';
import { announcement } from '../../src/incidents/announcement.ts';
import { type Beside, card } from '../../src/incidents/card.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { topic } from '../../src/incidents/topic.ts';
import type { Message } from '../../src/jobs/job.ts';
import { channelId, ts } from '../../src/lib/ids.ts';
import { at, casey, makeIncident, makeTask, olivia, policy, promised } from '../support/given.ts';

/** Card, topic and announcement as people read them, in every state. After a change on purpose: `-- -u`, and read what came of it. */

const names = new Map([
  [olivia, 'Olivia'],
  [casey, 'Casey'],
]);
const holders = [{ role: 'ic', userId: olivia, fromAt: at('14:02') }];
const known = { ...policy, bridge: 'https://meet.example/ops' };
const felt = { impact: '4 in 10 payments fail' };
const over = {
  ...felt,
  status: 'resolved',
  mitigatedAt: at('14:30'),
  resolvedAt: at('15:00'),
  resolution: 'rolled back build 812',
} as const;
const postmortem = {
  status: 'draft',
  owner: olivia,
  dueAt: at('15:00', '2026-01-18'),
  publishedAt: null,
  post: { channelId: channelId('C0INC42'), ts: ts('1768575700.000100') },
} as const;
const ending = { whyCanceled: null, postmortem };

const states: Record<string, [incident: Incident, beside?: Partial<Beside>]> = {
  open: [promised()],
  'open, with all there is to say': [
    promised({ ...felt, impactStartedAt: at('13:40'), links: [{ url: 'https://graph.example/d/1', name: 'Latency' }] }),
    {
      tasks: [
        makeTask({ what: 'roll back build 812', dueAt: at('14:20') }),
        makeTask({ what: 'call the vendor', status: 'asked', dueAt: at('14:20') }),
      ],
      raised: {
        incidentId: makeIncident().id,
        key: 'hand:1',
        chain: 'hand:1',
        how: 'hand',
        contacts: ['@engineering-leads', casey],
        why: null,
        raisedBy: olivia,
        raisedAt: at('14:20'),
        repeatedAt: null,
        endedAt: null,
        outcome: null,
        acknowledgedBy: casey,
        acknowledgedAt: at('14:21'),
      },
    },
  ],
  overdue: [{ ...promised(felt), promiseRung: 'half', promiseRungAt: at('14:23') }],
  'without updates': [makeIncident({ cadenceOffReason: 'waiting for the vendor' })],
  mitigated: [promised({ ...felt, status: 'mitigated', mitigatedAt: at('14:30') }, at('14:30'))],
  resolved: [makeIncident(over), { ending }],
  'resolved, with nobody to own the postmortem': [
    makeIncident(over),
    { ending: { ...ending, postmortem: { ...postmortem, owner: null, post: null } } },
  ],
  'over before it was declared': [
    makeIncident({ ...over, impactStartedAt: at('12:00'), mitigatedAt: at('12:20'), resolvedAt: at('12:45') }),
  ],
  closed: [
    makeIncident({ ...over, status: 'closed', closedAt: at('10:00', '2026-01-17') }),
    {
      ending: {
        ...ending,
        postmortem: { ...postmortem, status: 'published', publishedAt: at('10:00', '2026-01-17') },
      },
    },
  ],
  canceled: [
    makeIncident({ status: 'canceled', closedAt: at('14:10') }),
    { ending: { whyCanceled: 'the probe was broken', postmortem: null } },
  ],
  private: [promised({ visibility: 'private' })],
  drill: [promised({ kind: 'drill' })],
};

test.each(Object.entries(states))('card, topic and announcement of an incident that is %s', (_, [incident, beside]) => {
  expect(
    [
      shown(card(incident, holders, names, known, { workspaceUrl: 'https://acme.slack.com/', ...beside })),
      `--- topic\n${topic(incident, holders, names)}`,
      `--- announcement\n${shown(announcement(incident, holders, names, known))}`,
    ].join('\n'),
  ).toMatchSnapshot();
});

test('before anybody has command, card, topic and announcement say so, and not after it was called off', () => {
  const said = (incident: Incident) =>
    [card(incident, [], names, known), announcement(incident, [], names, known)].map(shown).join('\n');
  expect(said(promised())).toMatch(/\*Incident Commander\*\n_Not assigned_.*I'm IC.*no IC yet/s);
  expect(topic(promised(), [], names)).toContain('no IC');
  const canceled = makeIncident({ status: 'canceled', closedAt: at('14:10') });
  expect(said(canceled) + topic(canceled, [], names)).not.toMatch(/no IC|Not assigned|I'm IC/);
});

/** Times as a client in London shows them. */
const shown = ({ text, blocks = [] }: Message): string =>
  [`(${text})`, ...blocks.map(wordsOf)]
    .join('\n')
    .replace(/<!date\^(\d+)\^([^|]*)\|[^>]*>/g, (_, seconds: string, format: string) => {
      const iso = new Date(Number(seconds) * 1_000).toISOString();
      const parts = { ago: 'so long from now', time: iso.slice(11, 16), date_short_pretty: iso.slice(0, 10) };
      return format.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name as keyof typeof parts] ?? whole);
    });

/** The words of a block, those of a context or of buttons on one line. */
function wordsOf(part: unknown): string {
  if (typeof part === 'string') return part;
  const { text, fields, elements, type } = part as Record<string, unknown>;
  if (Array.isArray(fields)) return fields.map(wordsOf).join('\n');
  if (Array.isArray(elements)) return elements.map(wordsOf).join(' · ');
  return type === 'button' ? `[${wordsOf(text)}]` : wordsOf(text ?? '');
}
