import { moveIncident } from '../../src/incidents/transactions.ts';
import type { JobKind, JobOf, Place } from '../../src/jobs/job.ts';
import { ts, userId } from '../../src/lib/ids.ts';
import { issueHook } from '../../src/sandbox/hooks.ts';
import type { Life } from './life.ts';

/** One run of a job in a life, and the calls by which it changes or asks Slack. */
export interface Step<K extends JobKind> {
  readonly calls: readonly string[];
  /** What must be so for the job to have something to do. */
  readonly before?: (life: Life) => Promise<void>;
  readonly job: (life: Life) => Promise<JobOf<K>> | JobOf<K>;
  /** Without a call, but later steps need what it leaves. */
  readonly prepares?: true;
  /** Its handler meets Slack as an earlier step of the table does: one failure before the call and one after it are enough. */
  readonly likeAnother?: true;
  /** Nothing to look for: a failure leaves it undone, and never done twice. */
  readonly atMostOnce?: true;
}

/** Of no incident: it belongs to the whole workspace. */
interface WorkspaceStep<K extends JobKind> {
  readonly ofTheWorkspace: JobOf<K>;
}

type Table = { readonly [K in JobKind]: readonly Step<K>[] | WorkspaceStep<K> };

const AS_WELL = ['announcements', 'announcement-thread'] as const satisfies readonly Place[];

/** Every kind of job, in the order of a life. A kind that is missing does not compile. */
export const TABLE: Table = {
  'open-channel': [{ calls: ['conversations.create'], job: ({ id }) => ({ kind: 'open-channel', incident: id }) }],
  invite: [
    { calls: ['conversations.invite'], job: ({ id, friend }) => ({ kind: 'invite', incident: id, who: [friend.id] }) },
  ],
  'post-card': [
    {
      calls: ['chat.postMessage'],
      before: (life) => change(life, { cardTs: null }),
      job: ({ id }) => ({ kind: 'post-card', incident: id }),
    },
  ],
  'pin-card': [{ calls: ['pins.add'], job: ({ id }) => ({ kind: 'pin-card', incident: id }) }],
  'draw-card': [
    {
      calls: ['chat.update'],
      before: (life) => change(life, { impact: 'Nobody can pay' }),
      job: ({ id }) => ({ kind: 'draw-card', incident: id }),
    },
  ],
  'draw-topic': [
    {
      calls: ['conversations.info', 'conversations.setTopic'],
      before: async (life) => {
        const { status } = await life.stage.db
          .selectFrom('incidents')
          .select('status')
          .where('id', '=', life.id)
          .executeTakeFirstOrThrow();
        await change(life, { status: status === 'identified' ? 'investigating' : 'identified' });
      },
      job: ({ id }) => ({ kind: 'draw-topic', incident: id }),
    },
  ],
  bookmark: [
    {
      calls: ['bookmarks.list', 'bookmarks.add'],
      job: ({ id, stage, word }) => {
        const channel = stage.slack.channels().find((one) => one.name === `inc-life-${word}`);
        const link = `https://call.example/${channel?.bookmarks.length ?? 0}`;
        return { kind: 'bookmark', incident: id, title: 'Call', link };
      },
    },
  ],
  'post-announcement': [
    {
      calls: ['chat.postMessage'],
      before: (life) => change(life, { announcementTs: null }),
      job: ({ id }) => ({ kind: 'post-announcement', incident: id }),
    },
  ],
  'draw-announcement': [{ calls: ['chat.update'], job: ({ id }) => ({ kind: 'draw-announcement', incident: id }) }],
  post: [
    posting('channel', 'note'),
    posting('card-thread'),
    ...AS_WELL.map((to) => ({ ...posting(to), likeAnother: true as const })),
  ],
  edit: [
    {
      calls: ['chat.update'],
      job: ({ id, ref }) => ({ kind: 'edit', incident: id, as: 'note', message: { text: `${ref} edited` } }),
    },
  ],
  dm: [
    {
      calls: ['conversations.open', 'chat.postMessage'],
      job: ({ id, ref, friend }) => ({
        kind: 'dm',
        user: userId(friend.id),
        incident: id,
        message: { text: `${ref} for you` },
      }),
    },
  ],
  answer: [
    {
      // Slack's own word of a response_url that cannot be had is a status: there is nothing else to script.
      calls: ['response_url'],
      atMostOnce: true,
      job: ({ stage, ref, declarer }) => {
        const to = { user: declarer.id, channel: stage.slack.channel('general').id };
        const responseUrl = issueHook(stage.slack.world, 'commands', to);
        return { kind: 'answer', responseUrl, message: { text: `${ref} answered` } };
      },
    },
  ],
  'show-declared': [
    {
      calls: ['views.update'],
      atMostOnce: true,
      before: async ({ declarer }) => {
        await declarer.slash('/incident declare', { in: 'general' });
        await declarer.seesModal('Declare an incident');
      },
      job: ({ id, stage, declarer }) => ({
        kind: 'show-declared',
        incident: id,
        view: stage.slack.world.stacks.get(declarer.id)?.at(-1)?.id ?? '',
      }),
    },
  ],
  'draw-home': [
    { calls: ['views.publish'], job: ({ declarer }) => ({ kind: 'draw-home', user: userId(declarer.id) }) },
  ],
  'redraw-homes': [{ calls: [], job: () => ({ kind: 'redraw-homes' }) }],
  'catch-up': [
    {
      calls: ['conversations.open', 'chat.postMessage'],
      likeAnother: true,
      job: ({ id, declarer }) => ({ kind: 'catch-up', incident: id, user: userId(declarer.id) }),
    },
  ],
  'recheck-person': [
    {
      calls: ['users.info'],
      job: ({ guest }) => ({ kind: 'recheck-person', user: userId(guest.id), did: 'command' }),
    },
  ],
  backfill: [
    {
      calls: ['conversations.history'],
      before: forgetMessages,
      job: ({ id }) => ({ kind: 'backfill', incident: id }),
    },
  ],
  reconcile: [
    {
      calls: ['conversations.history'],
      before: forgetMessages,
      job: ({ id }) => ({ kind: 'reconcile', incident: id, deep: true }),
    },
  ],
  cadence: [
    {
      calls: [],
      before: (life) => change(life, { promiseMadeAt: minutesAgo(16), promiseDueAt: minutesAgo(1) }),
      job: ({ id }) => ({ kind: 'cadence', incident: id }),
    },
  ],
  acknowledge: [
    {
      calls: [],
      before: (life) => change(life, { declaredAt: minutesAgo(6) }),
      job: ({ id }) => ({ kind: 'acknowledge', incident: id }),
    },
  ],
  escalation: [
    {
      calls: [],
      job: ({ id }) => ({ kind: 'escalation', incident: id, since: minutesAgo(31).getTime() }),
    },
  ],
  page: [
    {
      // It is asked for the whole workspace, so no fault can be scripted for one life.
      calls: [],
      before: (life) => raise(life, 'hand:1'),
      job: ({ id }) => ({ kind: 'page', incident: id, escalation: 'hand:1', group: '@nobody-at-all' }),
    },
  ],
  unanswered: [
    {
      calls: [],
      before: (life) => raise(life, 'hand:2'),
      job: ({ id }) => ({ kind: 'unanswered', incident: id, escalation: 'hand:2' }),
    },
  ],
  draft: [
    {
      calls: [],
      prepares: true,
      before: resolve,
      job: ({ id, friend }) => ({ kind: 'draft', incident: id, askedBy: userId(friend.id) }),
    },
  ],
  'upload-draft': [
    {
      calls: ['files.getUploadURLExternal', 'files.completeUploadExternal'],
      before: async ({ stage, id }) => {
        await stage.db.updateTable('postmortems').set({ fileId: null }).where('incidentId', '=', id).execute();
      },
      job: async ({ stage, id }) => {
        const { revision } = await stage.db
          .selectFrom('postmortems')
          .select('revision')
          .where('incidentId', '=', id)
          .executeTakeFirstOrThrow();
        return { kind: 'upload-draft', incident: id, revision };
      },
    },
  ],
  'remove-files': [
    {
      calls: ['files.delete'],
      before: async ({ stage, id }) => {
        const gone = { unwanted: 'quotes what was taken back' };
        await stage.db.updateTable('postmortemFiles').set(gone).where('incidentId', '=', id).execute();
      },
      job: ({ id }) => ({ kind: 'remove-files', incident: id }),
    },
  ],
  // Posting and editing are jobs of their own.
  'draw-postmortem': [{ calls: [], job: ({ id }) => ({ kind: 'draw-postmortem', incident: id }) }],
  postmortem: [{ calls: [], job: ({ id }) => ({ kind: 'postmortem', incident: id }) }],
  command: [{ calls: [], job: ({ id }) => ({ kind: 'command', incident: id }) }],
  tasks: [{ calls: [], job: ({ id }) => ({ kind: 'tasks', incident: id }) }],
  actions: [{ calls: [], job: ({ id }) => ({ kind: 'actions', incident: id }) }],
  // Of a message that never comes, at its last look: who marked it is told.
  'action-from': [
    {
      calls: [],
      job: ({ id, friend }) => ({ kind: 'action-from', incident: id, message: ts('1.000001'), by: userId(friend.id) }),
    },
  ],
  close: [{ calls: [], job: ({ id }) => ({ kind: 'close', incident: id }) }],
  'offer-archive': [{ calls: [], job: ({ id }) => ({ kind: 'offer-archive', incident: id }) }],
  // The last: nothing can be said in the channel afterwards.
  'archive-channel': [
    {
      calls: ['conversations.archive'],
      before: async ({ stage, id, declarer }) => {
        const now = new Date();
        const answered = { answer: 'archive' as const, answeredBy: userId(declarer.id), answeredAt: now };
        await stage.db
          .insertInto('archiveOffers')
          .values({ incidentId: id, offeredAt: now, ...answered })
          .execute();
      },
      job: ({ id }) => ({ kind: 'archive-channel', incident: id }),
    },
  ],
  'reconcile-all': { ofTheWorkspace: { kind: 'reconcile-all', deep: 'stale' } },
  prune: { ofTheWorkspace: { kind: 'prune' } },
};

function posting(to: Place, as?: string): Step<'post'> {
  const said = `said in ${typeof to === 'string' ? to : 'a thread'}`;
  return {
    calls: ['chat.postMessage'],
    job: ({ id, ref }) => ({
      kind: 'post',
      incident: id,
      to,
      message: { text: `${ref} ${said}` },
      ...(as !== undefined && { as }),
    }),
  };
}

type Row = Partial<{
  cardTs: null;
  announcementTs: null;
  impact: string;
  status: 'investigating' | 'identified';
  promiseMadeAt: Date;
  promiseDueAt: Date;
  declaredAt: Date;
}>;

async function change({ stage, id }: Life, row: Row): Promise<void> {
  await stage.db.updateTable('incidents').set(row).where('id', '=', id).execute();
}

/** Somebody was called an hour ago, and nobody answered. */
async function raise({ stage, id, friend }: Life, key: string): Promise<void> {
  const contacts = JSON.stringify([friend.id]);
  const raised = { incidentId: id, key, chain: key, how: 'hand' as const, contacts, raisedAt: minutesAgo(60) };
  await stage.db
    .insertInto('escalations')
    .values(raised)
    .onConflict((again) => again.doNothing())
    .execute();
}

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

async function forgetMessages({ stage, id }: Life): Promise<void> {
  await stage.db.deleteFrom('timelineEntries').where('incidentId', '=', id).where('kind', '=', 'message').execute();
}

async function resolve({ stage: { db, policy }, id, declarer }: Life): Promise<void> {
  const by = userId(declarer.id);
  const intent = { identity: `resolve:${id}`, by };
  await moveIncident({ db, policy, now: () => new Date() }, id, intent, { to: 'resolved', by, why: 'rolled back' });
}
