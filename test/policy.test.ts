import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../src/lib/duration.ts';
import { defaultPolicy, findSeverity, type Policy, parsePolicy, policySchema, severityOf } from '../src/policy.ts';

test.each(['', '# nothing but a comment', '{}', 'roles:\nservices:\n'])('the file %j means the defaults', (text) => {
  expect(accepted(text)).toEqual(defaultPolicy);
});

test('the example file is the defaults, written out', () => {
  const example = readFileSync('docs/sitrep.example.yml', 'utf8');
  expect(accepted(example)).toEqual(defaultPolicy);
  for (const key of Object.keys(defaultPolicy)) expect(example).toMatch(new RegExp(`^${key}:`, 'm'));
});

test('the JSON Schema for editors is the one the bot reads by (`npm run schema` writes it)', () => {
  expect(JSON.parse(readFileSync('docs/sitrep.schema.json', 'utf8'))).toEqual(policySchema());
});

test('a severity of the built-in list is changed key by key, the others stay', () => {
  const policy = accepted(`
    severities:
      - id: sev1
        updateEvery: PT10M
        escalate: [{ after: 45m, to: ["@engineering-leads", U012345] }]`);
  const [sev1, ...others] = policy.severities;
  expect(sev1).toEqual({
    ...defaultPolicy.severities[0],
    updateEvery: 10 * MINUTE,
    escalate: [{ after: 45 * MINUTE, unless: null, to: ['@engineering-leads', 'U012345'] }],
  });
  expect(others).toEqual(defaultPolicy.severities.slice(1));
});

test('a list with an id of its own is the whole list, in its order', () => {
  const policy = accepted('severities: [{ id: SEV0, aliases: [doom] }, { id: SEV1 }]\ndefaultSeverity: SEV1');
  expect(policy.severities.map((s) => s.id)).toEqual(['SEV0', 'SEV1']);
  expect(policy.severities[1]).toEqual(defaultPolicy.severities[0]);
});

test('words of a template stand in place of the built-in ones, for every severity or for one', () => {
  const { templates, severities, archiveAfter } = accepted(`
    archiveAfter: 7d
    templates: { update: { audience: "We are on it." } }
    severities: [{ id: SEV1, templates: { update: { internal: "All hands: {impact}" } } }]`);
  expect(templates).toEqual({
    ...defaultPolicy.templates,
    update: { ...defaultPolicy.templates.update, audience: 'We are on it.' },
  });
  expect(severities[0]?.templates).toEqual({ update: { internal: 'All hands: {impact}' } });
  expect(archiveAfter).toBe(7 * DAY);
});

test('a role of their own is added beside ic', () => {
  const policy = accepted('roles: [{ id: ic }, { id: legal, name: Counsel, duties: [Read the contracts.] }]');
  expect(policy.roles).toEqual([
    defaultPolicy.roles[0],
    { id: 'legal', name: 'Counsel', description: '', duties: ['Read the contracts.'] },
  ]);
});

test('a service needs an id and no more', () => {
  const policy = accepted(
    'services: [{ id: checkout }, { id: api, name: API, invite: [S0API1], runbook: "https://w/x" }]',
  );
  expect(policy.services).toEqual([
    { id: 'checkout', name: 'checkout', owner: null, runbook: null, invite: [] },
    { id: 'api', name: 'API', owner: null, runbook: 'https://w/x', invite: ['S0API1'] },
  ]);
});

test.each([
  ['always', 'always'],
  ['Mon-Fri 09:00-18:00', { days: [1, 2, 3, 4, 5], opens: 540, closes: 1080 }],
  ['sat-mon, Wed 8:30-24:00', { days: [0, 1, 3, 6], opens: 510, closes: 1440 }],
])('hours %s are read', (hours, read) => {
  expect(severityOf(accepted(`severities: [{ id: SEV3, hours: "${hours}" }]`), 'SEV3').hours).toEqual(read);
});

test.each([
  ['10s', 10_000],
  ['1h30m', 90 * MINUTE],
  ['45', 45 * MINUTE],
  ['7d', 7 * DAY],
  ['PT2H', 2 * HOUR],
])('a cadence of %s is read', (text, millis) => {
  expect(severityOf(accepted(`severities: [{ id: SEV3, updateEvery: ${text} }]`), 'SEV3').updateEvery).toBe(millis);
});

test.each([
  ['SEV1', 'SEV1'],
  ['sev2', 'SEV2'],
  ['p0', 'SEV1'],
  ['P3', 'SEV4'],
  ['Critical', 'SEV1'],
  ['high', 'SEV2'],
  ['medium', 'SEV3'],
  [' low ', 'SEV4'],
  ['sev', undefined],
  ['', undefined],
  ['constructor', undefined],
])('the word %j means %s', (word, id) => {
  expect(findSeverity(defaultPolicy, word)?.id).toBe(id);
});

test('an incident whose severity has left the file follows the default severity', () => {
  expect(severityOf(defaultPolicy, 'S9')).toEqual({ ...severityOf(defaultPolicy, 'SEV3'), id: 'S9', aliases: [] });
});

test('the default severity may be written by its alias', () => {
  expect(accepted('defaultSeverity: critical').defaultSeverity).toBe('SEV1');
});

test.each([
  ['severities: [', 'line 1: Flow sequence in block collection'],
  ['timezone: UTC\ntimezone: UTC', 'line 2: Map keys must be unique'],
  ['- 1', 'the file is a list: write keys and values'],
  ['x: *nowhere', 'Unresolved alias'],
  ['timezone: Europe/Lodnon', 'timezone is "Europe/Lodnon": write an IANA time zone'],
  ['announceChannel: War Room', 'announceChannel is "War Room": write a channel id like'],
  ['announcechanel: x', 'announcechanel is not a key of this file: did you mean announceChannel?'],
  ['colour: red', 'colour is not a key of this file: the keys here are timezone, announceChannel'],
  [
    'severities: [{ id: SEV1, updatEvery: 5m }]',
    'severities[0].updatEvery is not a key of this file: did you mean updateEvery?',
  ],
  [
    'severities: [{ id: SEV1, updateEvery: soon }]',
    'severities[0].updateEvery is "soon": write a length of time like 15m',
  ],
  ['severities: [{ id: SEV1, updateEvery: 0 }]', 'severities[0].updateEvery is 0: write'],
  ['severities: [{ id: SEV1, updateEvery: 9s }]', 'from 10 s to 7 d'],
  ['severities: [{ id: SEV1, updateEvery: 8d }]', 'from 10 s to 7 d'],
  ['severities: [{ id: SEV1, updateEvery: [5m] }]', 'severities[0].updateEvery is a list: write a length of time'],
  ['severities: [{ id: SEV1, escalate: [{ to: [] }] }]', 'severities[0].escalate[0].after is missing: write a length'],
  [
    'severities: [{ id: SEV1, escalate: [{ after: 5m, to: [bob] }] }]',
    'escalate[0].to[0] is "bob": write @a-user-group',
  ],
  ['severities: [{ id: SEV1, escalate: [{ after: 5m, to: [], unless: resolved }] }]', 'is "resolved": write mitigated'],
  [
    'severities: [{ id: SEV1, hours: Mon-Fri 18:00-09:00 }]',
    'severities[0].hours is "Mon-Fri 18:00-09:00": write always, or',
  ],
  ['severities: [{ id: SEV1, hours: Moonday 09:00-25:00 }]', 'write always, or days and times like'],
  [
    'severities: [{ id: SEV1, postmortem: yes }]',
    'severities[0].postmortem is "yes": write required, optional or none',
  ],
  ['severities: [{ aliases: [x] }]', 'severities[0].id is missing'],
  ['severities: []', 'severities is a list: at least 1 entry'],
  [
    'severities: [{ id: SEV1, aliases: [HIGH] }]',
    'severities[0].aliases[0] is "HIGH", a name the built-in SEV2 has already',
  ],
  ['severities: [{ id: SEV1 }, { id: sev1 }]', 'severities[1].id is "sev1", a name severities[0].id has already'],
  [
    'severities: [{ id: S1, aliases: [x] }, { id: S2, aliases: [X] }]',
    'severities[1].aliases[0] is "X", a name severities[0].aliases[0]',
  ],
  ['severities: [{ id: S1 }, { id: S2 }]', 'defaultSeverity is missing and would be SEV3: write one of S1 and S2'],
  ['defaultSeverity: SEV9', 'defaultSeverity is "SEV9": write one of SEV1, SEV2, SEV3 and SEV4'],
  ['roles: [{ id: legal }]', 'roles has no entry with id ic'],
  ['services: [{ id: api }, { id: api }]', 'services[1].id is "api", a name services[0].id has already'],
  ['services: [{ id: api, runbook: "javascript:x" }]', 'services[0].runbook is "javascript:x": write a link'],
  ['bridge: meet', 'bridge is "meet": write a link that begins with https://'],
  ['deletedMessages: shred', 'deletedMessages is "shred": write blank or keep'],
  ['archiveAfter: soon', 'archiveAfter is "soon": write off, or a length of time like 7d'],
  [
    'templates: { update: { audience: "{whom} sees {impact}" } }',
    'templates.update.audience is "{whom} sees {impact}": {whom} stands for nothing, write {title}, {impact},',
  ],
  [
    'severities: [{ id: SEV1, templates: { resolution: { internal: "{ how }" } } }]',
    'severities[0].templates.resolution.internal is "{ how }": { how } stands for nothing',
  ],
])('%j is refused: %s', (text, says) => {
  const problems = refused(text);
  expect(problems.join('\n')).toContain(says);
  for (const problem of problems) expect(problem).toMatch(/^sitrep\.yml/);
});

test('every problem comes in one go, each with its line', () => {
  expect(
    refused(
      'timezone: Mars\nbridge: x\nseverities:\n  - id: SEV1\n    aliases: [high]\n    hours: never\nroles: [{ id: a }]',
    ),
  ).toEqual([
    expect.stringMatching(/^sitrep\.yml line 1: timezone /),
    expect.stringMatching(/^sitrep\.yml line 6: severities\[0\]\.hours /),
    expect.stringMatching(/^sitrep\.yml line 2: bridge /),
    expect.stringMatching(/^sitrep\.yml line 5: severities\[0\]\.aliases\[0\] /),
    expect.stringMatching(/^sitrep\.yml line 7: roles /),
  ]);
});

function accepted(text: string): Policy {
  const result = parsePolicy(text, 'sitrep.yml');
  if (!result.ok) throw new Error(result.no.join('\n'));
  return result.value;
}

function refused(text: string): readonly string[] {
  const result = parsePolicy(text, 'sitrep.yml');
  if (result.ok) throw new Error('accepted');
  return result.no;
}
