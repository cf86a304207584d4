import type { Trx } from '../db/tables.ts';
import { declaredView } from '../declarations/form.ts';
import type { Deps } from '../deps.ts';
import { notYet } from '../jobs/fault.ts';
import type { Attempt, Handlers, Job, JobOf, Message } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { type ChannelId, channelId, type Ts, type UserId, userId } from '../lib/ids.ts';
import { FIRST_PAGE } from '../postmortems/drawing.ts';
import { message } from '../slack/blocks.ts';
import { saidSlack } from '../slack/errors.ts';
import { escaped, joined, md } from '../slack/mrkdwn.ts';
import { announcement } from './announcement.ts';
import { card, peopleOn } from './card.ts';
import { markedAsDrill } from './drill-mark.ts';
import type { Holder, Incident } from './incident.ts';
import { privately } from './made-private.ts';
import { isOutside, mayLeave } from './outward.ts';
import { NOTICE, sayParked } from './parked.ts';
import { post } from './redraw.ts';
import {
  findIncident,
  findKnownChannel,
  findPost,
  forgetChannel,
  isAnnouncementWaiting,
  rememberChannel,
  rememberPost,
} from './store.ts';
import { topic } from './topic.ts';
import {
  cardDeleted,
  channelOpened,
  closeWhenDue,
  posted,
  promiseEffects,
  readForDrawing,
  reserveAnotherName,
} from './transactions.ts';

type Kinds =
  | 'open-channel'
  | 'invite'
  | 'post-card'
  | 'pin-card'
  | 'draw-card'
  | 'draw-topic'
  | 'bookmark'
  | 'post-announcement'
  | 'draw-announcement'
  | 'post'
  | 'edit'
  | 'dm'
  | 'answer'
  | 'show-declared'
  | 'close';

/** The effects of incidents in Slack. Each looks, acts and records; each may run twice. */
export function incidentJobs(deps: Deps): Handlers<Kinds> {
  return {
    'open-channel': (job, attempt) => openChannel(deps, job, attempt),
    invite: (job, attempt) => invite(deps, job, attempt),
    'post-card': (job, attempt) => postCard(deps, job, attempt),
    'pin-card': (job) =>
      withChannel(deps, job, async ({ incident }, channel) => {
        if (incident.cardTs) await deps.slack.pin(channel, incident.cardTs);
      }),
    'draw-card': (job) => withChannel(deps, job, (drawing, channel) => drawCard(deps, drawing, channel)),
    'draw-topic': (job) =>
      withChannel(deps, job, async ({ incident, holders }, channel) =>
        deps.slack.setTopic(channel, topic(incident, holders, await namesFor(deps, holders))),
      ),
    bookmark: (job) => needsChannel(deps, job, (_, channel) => deps.slack.bookmark(channel, job.title, job.link)),
    'post-announcement': (job, attempt) => announce(deps, job, attempt),
    'draw-announcement': (job) =>
      withChannel(deps, job, async ({ incident, holders }) => {
        const { announcementChannelId: channel, announcementTs: ts } = incident;
        if (!channel || !ts) return;
        const said = announcement(incident, holders, await namesFor(deps, holders), deps.policy);
        // Whoever deleted it did not want it to stand there.
        await deps.slack.update(channel, ts, said).catch(unlessDeleted);
      }),
    post: (job, attempt) => postMessage(deps, job, attempt),
    edit: async (job) => {
      const found = await findPost(deps.db, job.incident, job.as);
      const incident = found && (await findIncident(deps.db, job.incident));
      if (!found || !incident) return;
      const said = markedAsDrill(incident, await withNames(deps, job.message));
      await deps.slack.update(found.channelId, found.ts, said).catch(unlessDeleted);
    },
    dm: async (job, attempt) => {
      const incident = job.incident === undefined ? undefined : await findIncident(deps.db, job.incident);
      const named = await withNames(deps, job.message);
      const said = incident ? markedAsDrill(incident, named) : named;
      const { channel, ts } = await deps.slack.directMessage(job.user, said, attempt);
      if (job.as === undefined || job.incident === undefined) return;
      await rememberPost(deps.db, { incidentId: job.incident, purpose: job.as, channelId: channel, ts });
    },
    answer: (job) => deps.slack.respond(job.responseUrl, job.message),
    'show-declared': (job) => showDeclared(deps, job),
    close: (job) => closeWhenDue(deps, job.incident),
  };
}

/** Written in the transaction that parks a job: the people concerned are told, once. */
export const incidentParked =
  (deps: Pick<Deps, 'now'>) =>
  async (trx: Trx, job: Job, reason: string): Promise<void> => {
    const id = 'incident' in job ? job.incident : undefined;
    const incident = id === undefined ? undefined : await findIncident(trx, id);
    if (incident) await enqueue(trx, sayParked(incident, job, reason, deps.now()));
  };

type Drawing = NonNullable<Awaited<ReturnType<typeof readForDrawing>>>;

const namesFor = (deps: Deps, holders: readonly Holder[]) => deps.names(holders.map(({ userId }) => userId));

async function drawnCard(deps: Deps, { incident, holders, ...beside }: Drawing): Promise<Message> {
  const names = await deps.names(peopleOn(holders, beside));
  const workspaceUrl = beside.ending.postmortem?.post ? (await deps.slack.me()).url : null;
  return card(incident, holders, names, deps.policy, { ...beside, workspaceUrl });
}

async function withChannel(
  deps: Deps,
  job: { incident: Incident['id'] },
  act: (drawing: Drawing, channel: ChannelId) => Promise<void>,
) {
  const drawing = await readForDrawing(deps, job.incident);
  if (drawing?.incident.channelId) await act(drawing, drawing.incident.channelId);
}

/** For what nobody promises again when the channel stands, as drawings are: it waits for it. */
async function needsChannel(
  deps: Deps,
  job: { incident: Incident['id'] },
  act: (drawing: Drawing, channel: ChannelId) => Promise<void>,
) {
  const drawing = await readForDrawing(deps, job.incident);
  if (!drawing) return;
  if (!drawing.incident.channelId) throw notYet('the channel is not open yet');
  await act(drawing, drawing.incident.channelId);
}

async function openChannel(deps: Deps, job: JobOf<'open-channel'>, attempt: Attempt): Promise<void> {
  let incident = await findIncident(deps.db, job.incident);
  while (incident && incident.channelId === null) {
    const name: string = incident.channelName;
    try {
      const channel = await deps.slack.createChannel(name, incident.visibility === 'private', attempt);
      return await channelOpened(deps, job, channel);
    } catch (fault) {
      if (!saidSlack(fault, 'name_taken')) throw fault;
      deps.log.info({ incident: job.incident }, 'the channel name is taken, trying the next');
      incident = await reserveAnotherName(deps, job.incident, name);
    }
  }
}

async function invite(deps: Deps, job: JobOf<'invite'>, attempt: Attempt): Promise<void> {
  await needsChannel(deps, job, async ({ incident }, channel) => {
    const { users, unknown, untold, fault } = await expand(deps, job.who);
    const failed = users.length > 0 ? await deps.slack.invite(channel, users) : [];
    if (fault && attempt.number < LOOKS) throw fault;
    if (failed.length + unknown.length + untold.length === 0) return;
    const names = await deps.names(failed.map((one) => one.user));
    const lines = [
      ...failed.map((one) => md`• ${names.get(one.user) ?? one.user}: ${one.error}`),
      ...unknown.map((one) => md`• ${one}: no such user group`),
      ...untold.map((one) => md`• ${one}: Slack did not say who is in it`),
    ];
    const said = message(
      md`Not everybody could be invited:\n${joined(lines)}\nA member can add them with \`/invite\`; guests and other organisations may need an admin.`,
    );
    await promiseEffects(deps, incident.id, attempt.marker, [post(incident.id, 'channel', said, deps.now(), NOTICE)]);
  });
}

/** How often Slack is asked who is in a group before the channel is told that it does not say. */
const LOOKS = 5;

/** A group that Slack does not tell keeps nobody else out. */
async function expand(deps: Deps, who: readonly string[]) {
  const users = new Set<UserId>();
  const unknown: string[] = [];
  const untold: string[] = [];
  let fault: unknown;
  for (const one of who) {
    if (/^[UW][A-Z0-9]+$/.test(one)) {
      users.add(userId(one));
      continue;
    }
    try {
      const group = await deps.slack.userGroup(one);
      if (group) for (const user of group.users) users.add(user);
      else unknown.push(one);
    } catch (thrown) {
      fault = thrown;
      untold.push(one);
    }
  }
  return { users: [...users], unknown, untold, fault };
}

async function postCard(deps: Deps, job: JobOf<'post-card'>, attempt: Attempt): Promise<void> {
  await withChannel(deps, job, async (drawing, channel) => {
    const { incident } = drawing;
    if (incident.cardTs) return;
    const ts = await deps.slack.post(channel, await drawnCard(deps, drawing), attempt);
    const isUncertain = attempt.uncertainSince !== null;
    await posted(deps, incident, { cardTs: ts }, { kind: 'draw-card', incident: incident.id }, isUncertain);
  });
}

async function drawCard(deps: Deps, drawing: Drawing, channel: ChannelId): Promise<void> {
  const { id, cardTs } = drawing.incident;
  if (!cardTs) return;
  const drawn = await drawnCard(deps, drawing);
  try {
    await deps.slack.update(channel, cardTs, drawn);
  } catch (fault) {
    unlessDeleted(fault);
    await cardDeleted(deps, id, cardTs);
  }
}

/** Slack's words for a message that a person deleted, or a thread under one. */
function unlessDeleted(fault: unknown): null {
  if (!saidSlack(fault, 'message_not_found', 'cannot_reply_to_message', 'thread_not_found')) throw fault;
  return null;
}

async function announce(deps: Deps, job: JobOf<'post-announcement'>, attempt: Attempt): Promise<void> {
  await withChannel(deps, job, async ({ incident, holders }) => {
    if (incident.announcementTs || !mayLeave(incident, 'announcements')) return;
    const said = announcement(incident, holders, await namesFor(deps, holders), deps.policy);
    const { channel, ts } = await toAnnouncements(deps, (to) => deps.slack.post(to, said, attempt));
    const change = { announcementChannelId: channel, announcementTs: ts };
    const redrawing = { kind: 'draw-announcement', incident: incident.id } as const;
    await posted(deps, incident, change, redrawing, attempt.uncertainSince !== null);
  });
}

/** The announcement channel by id, or by name: found, joined or made when missing. */
async function toAnnouncements(
  deps: Deps,
  send: (channel: ChannelId) => Promise<Ts>,
): Promise<{ channel: ChannelId; ts: Ts }> {
  const name = deps.policy.announceChannel.replace(/^#/, '');
  const sendTo = async (channel: ChannelId) => ({ channel, ts: await send(channel) });
  if (/^[CG][A-Z0-9]{6,}$/.test(name)) return sendTo(channelId(name));
  try {
    return await sendTo(await announcementChannel(deps, name));
  } catch (fault) {
    if (!saidSlack(fault, 'channel_not_found', 'is_archived', 'not_in_channel')) throw fault;
    // Remembered, and no longer so: it is looked up afresh, once.
    await forgetChannel(deps.db, name);
    return sendTo(await announcementChannel(deps, name));
  }
}

async function announcementChannel(deps: Deps, name: string): Promise<ChannelId> {
  const known = await findKnownChannel(deps.db, name);
  if (known) return known;
  const found = await deps.slack.findChannelByName(name);
  if (found && !found.isMember) await deps.slack.joinChannel(found.id);
  const { id } = found ?? (await deps.slack.createChannel(name, false, { marker: name, uncertainSince: null }));
  await rememberChannel(deps.db, name, id);
  return id;
}

async function postMessage(deps: Deps, job: JobOf<'post'>, attempt: Attempt): Promise<void> {
  const incident = await findIncident(deps.db, job.incident);
  if (!incident || !mayLeave(incident, job.to)) return;
  const said = markedAsDrill(incident, await withNames(deps, await withGroups(deps, job.message)));
  const sent = await send(deps, incident, { ...job, message: said }, attempt);
  // What stands outside must be found again, should the incident become private.
  const as = job.as ?? (isOutside(job.to) ? `said:${attempt.marker}` : undefined);
  if (!sent || as === undefined) return;
  await rememberPost(deps.db, { incidentId: incident.id, purpose: as, channelId: sent.channel, ts: sent.ts });
  // The card leads there.
  if (as === FIRST_PAGE)
    await promiseEffects(deps, incident.id, attempt.marker, [
      { job: { kind: 'draw-card', incident: incident.id }, runAt: deps.now() },
    ]);
  const after = await findIncident(deps.db, job.incident);
  if (after && !mayLeave(after, job.to)) await deps.slack.update(sent.channel, sent.ts, privately(after));
}

async function send(
  deps: Deps,
  incident: Incident,
  job: JobOf<'post'>,
  attempt: Attempt,
): Promise<{ channel: ChannelId; ts: Ts } | null> {
  const to = async (channel: ChannelId, thread?: Ts) => ({
    channel,
    ts: await deps.slack.post(channel, job.message, attempt, thread),
  });
  if (job.to === 'announcements')
    return toAnnouncements(deps, (channel) => deps.slack.post(channel, job.message, attempt));
  if (job.to === 'announcement-thread') {
    const { announcementChannelId: channel, announcementTs: thread } = incident;
    if (channel && thread) return to(channel, thread).catch(unlessDeleted);
    // Promised before the channel stood, hence before the announcement: it goes behind it.
    if (await isAnnouncementWaiting(deps.db, incident.id))
      await promiseEffects(deps, incident.id, attempt.marker, [{ job, runAt: deps.now() }]);
    return null;
  }
  // Without a channel nothing is said into the void: whoever declared hears it.
  if (!incident.channelId) return deps.slack.directMessage(incident.declaredBy, job.message, attempt);
  const thread = typeof job.to === 'object' ? job.to.thread : job.to === 'card-thread' ? incident.cardTs : null;
  const inThread = thread ? await to(incident.channelId, thread).catch(unlessDeleted) : null;
  return inThread ?? to(incident.channelId);
}

const NAME = /<!name\^([UW][A-Z0-9]+)>/g;

/** People who are named and not woken: by the name they have now. */
async function withNames(deps: Deps, said: Message): Promise<Message> {
  const json = JSON.stringify(said);
  const users = [...json.matchAll(NAME)].map((match) => userId(match[1] as string));
  if (users.length === 0) return said;
  const names = await deps.names(users);
  const named = (user: string) => JSON.stringify(escaped(names.get(userId(user)) ?? user).text).slice(1, -1);
  return JSON.parse(json.replace(NAME, (_, user: string) => named(user)));
}

const GROUP = /<!subteam\^(@[\w.-]+)>/g;

/** A group named by handle in sitrep.yml is mentioned by its id, which only Slack knows. The words matter more than the mention. */
async function withGroups(deps: Deps, said: Message): Promise<Message> {
  const json = JSON.stringify(said);
  const handles = new Set([...json.matchAll(GROUP)].map((match) => match[1] as string));
  if (handles.size === 0) return said;
  const ids = new Map<string, string>();
  for (const handle of handles) {
    try {
      const group = await deps.slack.userGroup(handle);
      if (group) ids.set(handle, group.id);
    } catch (fault) {
      deps.log.warn({ err: fault, group: handle }, 'a user group was not answered; it is named, not mentioned');
    }
  }
  return JSON.parse(
    json.replace(GROUP, (_, handle: string) => (ids.has(handle) ? `<!subteam^${ids.get(handle)}>` : handle)),
  );
}

/** The person may have closed the view meanwhile: nothing to mend. */
async function showDeclared(deps: Deps, job: JobOf<'show-declared'>): Promise<void> {
  const incident = await findIncident(deps.db, job.incident);
  if (!incident) return;
  await deps.slack.updateView(job.view, declaredView(incident)).catch((fault: unknown) => {
    if (!saidSlack(fault, 'not_found', 'hash_conflict')) throw fault;
  });
}
