import type { Sabotage } from './sabotage.ts';
import { jobSabotages } from './sabotages-jobs.ts';

/** The invariants of this project, each broken at the line that keeps it. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'a request is acknowledged before its commit (HTTP)',
    edits: [
      { file: 'src/slack/receiver.ts', find: 'processBeforeResponse: true,', replace: 'processBeforeResponse: false,' },
    ],
    red: [
      {
        file: 'test/slack/acknowledged.test.ts',
        name: 'over http, an event is acknowledged after its work, not before',
      },
    ],
    round: { scene: 'the database does not write', rule: 'every mark' },
  },
  {
    name: 'an envelope is acknowledged before its commit (Socket Mode)',
    edits: [
      {
        file: 'src/slack/receiver.ts',
        find: `        await app?.processEvent(
          boltEvent(frame, { receivedAt, envelope }, (body) => {
            answer = body;
          }),
        );`,
        replace:
          '        app?.processEvent(boltEvent(frame, { receivedAt, envelope }, (body) => { answer = body; })).catch(() => {});',
      },
    ],
    red: [
      {
        file: 'test/slack/acknowledged.test.ts',
        name: 'over socket, an event is acknowledged after its work, not before',
      },
    ],
    round: { scene: 'the database does not write', mode: 'socket', rule: 'every mark' },
  },
  {
    name: 'an envelope is acknowledged though its work failed (Socket Mode)',
    edits: [
      {
        file: 'src/slack/receiver.ts',
        find: "return log.warn(about, 'not acknowledged: an event comes again');",
        replace: "log.warn(about, 'acknowledged all the same');",
      },
    ],
    red: [
      { file: 'test/slack/acknowledged.test.ts', name: 'over socket, an event whose work failed is not acknowledged' },
    ],
    round: { scene: 'the database does not write', mode: 'socket', rule: 'every mark' },
  },
  {
    name: 'a fault in a listener is swallowed, so that Slack is told all is well',
    edits: [
      {
        file: 'src/slack/app.ts',
        find: 'bolt.error((fault) => Promise.reject(fault));',
        replace: 'bolt.error(() => Promise.resolve());',
      },
    ],
    red: [
      { file: 'test/slack/acknowledged.test.ts', name: 'over http, an event whose work failed is not acknowledged' },
      { file: 'test/slack/acknowledged.test.ts', name: 'over socket, an event whose work failed is not acknowledged' },
    ],
    round: { scene: 'the database does not write', rule: 'every mark' },
  },
  {
    name: 'the timeline has no constraint against a second entry',
    edits: [
      {
        file: 'migrations/0001_incidents.sql',
        find: 'constraint an_entry_is_recorded_once unique (incident_id, identity)',
        replace: 'constraint an_entry_is_recorded_once unique (incident_id, identity, id)',
      },
      { file: 'src/timeline/rows.ts', find: '  on conflict (incident_id, identity) do nothing\n', replace: '' },
    ],
    red: [
      {
        file: 'test/timeline/slack.test.ts',
        name: 'a message becomes one timeline entry, however often Slack delivers it',
      },
      { file: 'test/timeline/jobs.test.ts', name: 'the history of a channel is read whole' },
      { file: 'test/journeys/timeline.test.ts', name: 'over http, each event twice: everything said and done' },
      { file: 'test/journeys/timeline.test.ts', name: 'over socket, each event twice: everything said and done' },
    ],
    round: { scene: 'everything comes three times', rule: 'every message once' },
  },
  {
    name: 'what was accepted before is not looked up, nor refused a second time',
    edits: [
      { file: 'migrations/0001_incidents.sql', find: 'identity text primary key,', replace: 'identity text not null,' },
      {
        file: 'src/intents/store.ts',
        find: '  on conflict (identity) do nothing\n',
        replace: '',
      },
      {
        file: 'src/intents/store.ts',
        find: 'return row ? { incidentId: row.incidentId, answer: row.answer as Message | null } : null;\n}\n\n/**\n * Writes',
        replace: 'return row && null;\n}\n\n/**\n * Writes',
      },
      {
        file: 'src/intents/store.ts',
        find: 'before.get(place) ?? null',
        replace: 'before.get(-place) && null',
      },
    ],
    red: [
      { file: 'test/updates/transactions.test.ts', name: 'once however often Slack delivers it' },
      {
        file: 'test/incidents/one-transaction.test.ts',
        name: 'a declaration that Slack delivers three times at once is one incident',
      },
      { file: 'test/journeys/declare-by-text.test.ts', name: 'the same command delivered twice declares once' },
    ],
    round: { scene: 'everything comes three times', rule: 'an intent once' },
  },
  {
    name: 'effects are promised outside of the transaction that decides them',
    edits: [
      {
        file: 'src/incidents/change.ts',
        find: 'return ok({ ...(await write(trx, incident, intent, decided.value, now)), repeated: false });',
        replace: `await promising(decided.value.jobs ?? []).execute(deps.db);
      return ok({ ...(await write(trx, incident, intent, { ...decided.value, jobs: [] }, now)), repeated: false });`,
      },
    ],
    red: [{ file: 'test/incidents/one-transaction.test.ts', name: 'a change whose commit is refused leaves nothing' }],
    round: { scene: 'the database does not write', rule: 'one line for each change' },
  },
  {
    name: 'the state is written outside of the transaction that decides it',
    edits: [
      {
        file: 'src/incidents/change.ts',
        find: '  await writeDown(trx, [{ id: incident.id, intent, decision: { ...decision, answer }, at: now }]);',
        replace: `  await sql\`commit\`.execute(trx);
  await sql\`begin\`.execute(trx);
  await writeDown(trx, [{ id: incident.id, intent, decision: { ...decision, answer }, at: now }]);`,
      },
      {
        file: 'src/incidents/change.ts',
        find: "import { transact, writeAtOnce } from '../db/connect.ts';",
        replace: "import { sql } from 'kysely';\nimport { transact, writeAtOnce } from '../db/connect.ts';",
      },
    ],
    red: [{ file: 'test/incidents/one-transaction.test.ts', name: 'a change whose commit is refused leaves nothing' }],
    round: { scene: 'the database does not write', rule: 'whole or not at all' },
  },
  {
    name: 'what leaves a channel does not ask whether the incident is private',
    edits: [
      {
        file: 'src/incidents/outward.ts',
        find: '!isOutside(place) || !isPrivate(incident);',
        replace: 'place !== undefined || isPrivate(incident);',
      },
    ],
    red: [
      {
        file: 'test/incidents/privacy.test.ts',
        name: 'nothing of a private incident reaches the announcement channel',
      },
    ],
    round: { scene: 'a channel is made private', rule: 'privacy' },
  },
  {
    name: 'the list of open incidents shows private ones to everybody',
    edits: [
      {
        file: 'src/incidents/visible.ts',
        find: "i.visibility = 'public' or",
        replace: 'i.visibility is not null or',
      },
    ],
    red: [
      {
        file: 'test/incidents/privacy.test.ts',
        name: 'a private incident is listed to those in it and to nobody else',
      },
      {
        file: 'test/journeys/declare-by-form.test.ts',
        name: 'a private incident has a private channel and is nowhere else to be seen',
      },
    ],
    round: { scene: 'nothing goes wrong', rule: 'privacy' },
  },
  {
    name: 'a private incident can be asked for by its number',
    edits: [
      {
        file: 'src/incidents/transactions.ts',
        find: 'if (!isPrivate(incident) || incident.declaredBy === reader) return incident;',
        replace: 'if (incident) return incident;',
      },
    ],
    red: [
      { file: 'test/updates/transactions.test.ts', name: 'of a private incident nobody outside learns that it exists' },
    ],
    round: { scene: 'nothing goes wrong', rule: 'privacy' },
  },
  {
    name: 'foreign text is sent as it is',
    edits: [
      {
        file: 'src/slack/mrkdwn.ts',
        find: "Mrkdwn.trusted(foreign.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));",
        replace: 'Mrkdwn.trusted(foreign);',
      },
    ],
    red: [
      { file: 'test/updates/messages.test.ts', name: 'pings nobody, whatever it says' },
      { file: 'test/journeys/hostile-text.test.ts', name: 'nothing that people type into a title' },
    ],
    round: { scene: 'nothing goes wrong', rule: 'foreign text does nothing' },
  },
  {
    name: 'a request is heard without the signature of Slack',
    edits: [
      {
        file: 'src/web/server.ts',
        find: 'if (forgery) return refuse(401,',
        replace: "if (forgery === '') return refuse(401,",
      },
    ],
    red: [{ file: 'test/hostile/door.test.ts', name: 'without the signature of Slack nothing is heard' }],
    round: { scene: 'nothing goes wrong', rule: 'nothing is made up' },
  },
  {
    name: 'a promise has no timer',
    edits: [
      {
        file: 'src/updates/cadence.ts',
        find: 'jobs: wakeAt === null ? [] : [wakeUp(incident, wakeAt)] };',
        replace: 'jobs: [] };',
      },
    ],
    red: [
      { file: 'test/updates/cadence.test.ts', name: 'a promise starts with the timer of its nudge' },
      { file: 'test/updates/transactions.test.ts', name: 'fires every rung once among two processes' },
    ],
    round: { scene: 'reminders fall due', rule: 'no promise is missed in silence' },
  },
  {
    name: 'a reminder comes five seconds late',
    edits: [
      { file: 'src/updates/cadence.ts', find: '  runAt: at,\n', replace: '  runAt: new Date(at.getTime() + 5_000),\n' },
    ],
    red: [{ file: 'test/updates/cadence.test.ts', name: 'a promise starts with the timer of its nudge' }],
    round: { scene: 'reminders fall due', rule: 'each rung in time' },
  },
  {
    name: 'a snooze moves the promise',
    edits: [
      {
        file: 'src/updates/cadence-change.ts',
        find: 'change: { snoozedUntil: until },',
        replace: 'change: { snoozedUntil: until, promiseDueAt: until },',
      },
    ],
    red: [
      {
        file: 'test/updates/transactions.test.ts',
        name: 'the snooze button is quiet for ten minutes, keeps the promise',
      },
      { file: 'test/journeys/updates.test.ts', name: 'Snooze 10 min delays the next rung but not the promise' },
    ],
    round: { scene: 'nothing goes wrong', rule: 'a snooze keeps the promise' },
  },
  {
    name: 'a deleted message keeps its text',
    edits: [{ file: 'src/timeline/store.ts', find: '    set text = null,', replace: '    set text = e.text,' }],
    red: [{ file: 'test/timeline/slack.test.ts', name: 'a deletion blanks the message and its edits' }],
    round: { scene: 'nothing goes wrong', rule: 'deleted is blanked' },
  },
  ...jobSabotages,
];
