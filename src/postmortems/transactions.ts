import { transact } from '../db/connect.ts';
import type { Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import type { Contact } from '../incidents/contact.ts';
import { type Incident, isPrivate } from '../incidents/incident.ts';
import { appendAudit, findIncident, findPost, holdersOf, lockIncident } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { NewJob } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { MINUTE, type Millis, SECOND } from '../lib/duration.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Standing } from '../people/person.ts';
import { findPeople } from '../people/store.ts';
import { hindsight } from '../timeline/known-later.ts';
import * as timeline from '../timeline/store.ts';
import { entryOf, recordOf, type SaidRow, saidOf } from '../timeline/story.ts';
import { membersOf } from '../updates/store.ts';
import { board, drafting } from './board.ts';
import { type Digest, digester } from './digest.ts';
import type { Drafted } from './document.ts';
import { announcedFile, drawAgain, drawing, type Settling, shownAgain, type Working } from './drawing.ts';
import { type Around, comeBack } from './due.ts';
import { type AskedDate, moveDue } from './due-date.ts';
import { reword, type Wording } from './editing.ts';
import { markdown } from './markdown.ts';
import { isOver, owes } from './owed.ts';
import { candidates, chooseOwner, type Owners } from './owner.ts';
import { changeOwner as change } from './ownership.ts';
import { type Answered, answerProposal, proposals, propose } from './proposals.ts';
import { publish } from './publishing.ts';
import { documentWithout, messagesQuoted } from './redacted.ts';
import type { PostmortemRefusal } from './refusals.ts';
import * as reviewing from './reviewing.ts';
import * as store from './store.ts';
import type { UploadedFile } from './taken-back.ts';
import { type Postmortem, peopleIn, type Shown, type Work, whole } from './work.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;
type Done = Promise<Result<Changed, PostmortemRefusal>>;

/**
 * The draft with everything that follows from it: its row, its place in the timeline, its messages, its file, and what
 * it proposes where people gave a section their words. The entry's identity carries the job's marker, so that a job
 * which runs twice drafts once. Null when it had, or when what was asked for is published by now.
 */
export function recordDraft(
  { db, policy }: Pick<Deps, 'db' | 'policy'>,
  incidentId: IncidentId,
  marker: string,
  { document, dueAt, draftedAt, askedBy }: Drafted,
): Promise<number | null> {
  return transact(db, async (trx) => {
    const incident = await lockIncident(trx, incidentId);
    if (!incident) return null;
    const before = await store.openPostmortem(trx, incidentId, draftedAt);
    const isPublished = before.status === 'published';
    // What was promised before it was published, for an action item, say, still gets in.
    if (isPublished && askedBy !== null) return null;
    const entry = {
      identity: `postmortem:${marker}`,
      kind: 'postmortem',
      occurredAt: draftedAt,
      actor: askedBy,
      source: 'sitrep',
      text: 'postmortem drafted',
      payload: { status: before.status },
    } as const;
    if ((await timeline.appendEntries(trx, incidentId, [entry], draftedAt)) === 0) return null;
    // What was taken back since the record was read.
    const clean = documentWithout(document, await store.takenBack(trx, incidentId));
    const owner = before.owner ?? chooseOwner(incident, await ownersOf(trx, policy, incident, []));
    const postmortem = await store.saveDraft(trx, { incidentId, document: clean, draftedAt, dueAt, owner });
    const work: Work = { ...(await workOf(trx, incidentId)), postmortem };
    const told = whole(work, await shownOf(trx, policy, incidentId, await namesOf(trx, peopleIn(work))));
    await store.noteDrawn(
      trx,
      incidentId,
      postmortem.drawn,
      told ? markdown(told, isPublished ? 'published' : 'draft') : '',
    );
    const proposed = isPublished ? [] : proposals(incident, work, draftedAt);
    const proposing: NewJob[] = [];
    for (const one of proposed) {
      await store.noteRevision(trx, one.revision);
      const stands = askedBy === null && one.isPending && (await findPost(trx, incidentId, one.as));
      proposing.push(propose(incident, postmortem.owner, one, stands ? 'in place' : 'anew', draftedAt));
    }
    const { revision } = postmortem;
    const isWaitedFor = askedBy !== null || isPublished || before.document === null;
    await enqueue(trx, [
      ...drawAgain(incident, revision, draftedAt, isWaitedFor ? draftedAt : await fileAfter(trx, incidentId)),
      ...(isPublished ? [announcedFile(incident, revision, draftedAt)] : []),
      ...proposing,
    ]);
    return revision;
  });
}

/** Slack shows what the rows say. */
export function redraw(deps: Needs, id: IncidentId, names: Shown['names']): Promise<void> {
  return transact(deps.db, async (trx) => {
    const incident = await lockIncident(trx, id);
    const postmortem = incident && (await store.findDraft(trx, id));
    if (!incident || !postmortem) return;
    const shown = await shownOf(trx, deps.policy, id, names);
    const drawn = drawing(incident, { ...(await workOf(trx, id)), postmortem }, shown, deps.now());
    if (!drawn) return;
    await store.noteDrawn(trx, id, drawn.drawn, drawn.markdown);
    await enqueue(trx, drawn.jobs);
  });
}

/**
 * A file of this revision is about to be shared. False when it may not be: there is a newer one, or what everybody would
 * read is private by now. From here on whoever makes it private or takes back what it quotes finds it.
 */
export function fileUploaded(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  known: Pick<Postmortem, 'incidentId' | 'revision'>,
  file: UploadedFile,
  content: string,
): Promise<boolean> {
  return transact(db, async (trx) => {
    const incident = await lockIncident(trx, known.incidentId);
    if (!incident || (file.place === 'announcements' && isPrivate(incident))) return false;
    return store.keepFile(trx, known, file, messagesQuoted(content), now());
  });
}

/** It stands in Slack no longer; audited once, however often the job runs. */
export function fileRemoved({ db, now }: Pick<Deps, 'db' | 'now'>, id: IncidentId, fileId: string): Promise<void> {
  const at = now();
  return transact(db, async (trx) => {
    const removed = await store.noteFileRemoved(trx, fileId, at);
    if (!removed) return;
    const detail = { file: fileId, place: removed.place, why: removed.unwanted };
    await appendAudit(trx, { incidentId: id, at, actor: 'sitrep', what: 'file of the postmortem removed', detail });
  });
}

/**
 * What a draft is made of, as it was at one instant; null where there is no incident. What was said passes by in pages,
 * of which little is kept.
 */
export async function readForDraft(
  { db }: Pick<Deps, 'db'>,
  id: IncidentId,
  workspaceUrl: string | null,
  asOf: Date,
): Promise<Digest | null> {
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return await snapshot.execute(async (trx) => {
    const incident = await findIncident(trx, id);
    if (!incident) return null;
    const told = (await timeline.listDone(trx, id)).map((row) => entryOf(row, incident, workspaceUrl));
    const record = recordOf({
      incident,
      workspaceUrl,
      roles: await timeline.listAssignments(trx, id),
      updates: await timeline.listUpdates(trx, id),
      told,
      actionItems: await timeline.listActionItems(trx, id),
      postmortem: null,
      audit: [],
    });
    const [{ hears, digest }, inHindsight] = [digester(record, asOf), hindsight(told, incident.cardTs)];
    for (let next: Promise<SaidRow[]> | null = timeline.listSaid(trx, id, null, PAGE); next; ) {
      const page: SaidRow[] = await next;
      // The next is fetched while one is heard.
      next = page.length < PAGE ? null : timeline.listSaid(trx, id, page.at(-1) ?? null, PAGE);
      for (const row of page) hears(inHindsight(saidOf(row, incident, workspaceUrl)));
    }
    return digest(await store.countEntries(trx, id));
  });
}

const PAGE = 1_000;

/** Everything about a postmortem as of one moment; null before there is any. */
export function readWork({ db }: Pick<Deps, 'db'>, id: IncidentId): Promise<{ incident: Incident; work: Work } | null> {
  return transact(db, async (trx) => {
    const incident = await findIncident(trx, id);
    const postmortem = await store.findDraft(trx, id);
    return incident && postmortem ? { incident, work: { ...(await workOf(trx, id)), postmortem } } : null;
  });
}

/** Names of those who were in the incident: with them a sentence can be seen to make one of them the cause. */
export function peopleAround({ db }: Pick<Deps, 'db'>, id: IncidentId): Promise<string[]> {
  return transact(db, (trx) => namesAround(trx, id));
}

/** `/incident postmortem`: drafted from what the record holds then, and how it stands. A published one stays as it is. */
export async function askForDraft(
  deps: Needs,
  incidentId: IncidentId,
  intent: Intent & { readonly by: UserId },
  askedIn: ChannelId,
): Promise<Changed> {
  const asked = await changeIncident<never>(deps, incidentId, intent, async (incident, trx, now) => {
    const postmortem = await store.findDraft(trx, incidentId);
    const work = postmortem?.document ? { ...(await workOf(trx, incidentId)), postmortem } : null;
    const state = work && board(incident, work, await namesOf(trx, peopleIn(work)), now);
    if (state && work.postmortem.status === 'published') return ok({ answer: state });
    const entries = await store.countEntries(trx, incidentId);
    const job = { kind: 'draft', incident: incidentId, askedBy: intent.by } as const;
    return ok({ jobs: [{ job, runAt: now }], answer: drafting(incident, entries, askedIn, state) });
  });
  if (!asked.ok) throw new Error('asking for a draft is never refused');
  return asked.value;
}

export const editSection = (deps: Needs, id: IncidentId, intent: Intent, asked: Omit<Wording, 'now'>): Done =>
  changePostmortem(deps, id, intent, async (incident, work, trx, now) => {
    const worded = reword(incident, work, { ...asked, now });
    if (!worded.ok) return worded;
    await store.insertRevision(trx, worded.value.revision);
    return ok({ revised: 'when it settles', decision: worded.value.decision });
  });

export const settleProposal = (deps: Needs, id: IncidentId, intent: Intent, asked: Omit<Answered, 'now'>): Done =>
  changePostmortem(deps, id, intent, async (incident, work, trx, now) => {
    const settled = answerProposal(incident, work, { ...asked, now });
    if (!settled.ok) return settled;
    const { weighed, revision, decision } = settled.value;
    await store.noteRevision(trx, weighed);
    if (revision) await store.insertRevision(trx, revision);
    return ok({ revised: revision ? 'when it settles' : null, decision });
  });

export const changeOwner = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: { readonly to: UserId; readonly by: UserId },
): Done =>
  changePostmortem(deps, id, intent, async (incident, work, trx, now) => {
    const { owner } = work.postmortem;
    const owners = await ownersOf(trx, deps.policy, incident, [asked.to, ...(owner ? [owner] : [])]);
    const owned = change(incident, work.postmortem, { ...asked, now }, owners);
    if (!owned.ok) return owned;
    return ok({ revised: await fileAfter(trx, id), change: owned.value.change, decision: owned.value.decision });
  });

export const moveDueDate = (deps: Needs, id: IncidentId, intent: Intent, asked: Omit<AskedDate, 'now'>): Done =>
  changePostmortem(deps, id, intent, async (incident, work, trx, now) => {
    const moved = moveDue(incident, work.postmortem, { ...asked, now }, deps);
    if (!moved.ok) return moved;
    return ok({ revised: await fileAfter(trx, id), change: moved.value.change, decision: moved.value.decision });
  });

export const askForReview = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: { readonly who: readonly UserId[]; readonly by: UserId },
): Done =>
  changePostmortem(deps, id, intent, async (incident, work, trx, now) => {
    const owners = await ownersOf(trx, deps.policy, incident, asked.who);
    const review = reviewing.askForReview(incident, work, { ...asked, now }, owners);
    if (!review.ok) return review;
    if (review.value.asked.length > 0) await store.saveReviews(trx, review.value.asked);
    return ok({ revised: 'at once', change: review.value.change, decision: review.value.decision });
  });

export const answerReview = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: { readonly by: UserId; readonly perspective: string | null },
): Done =>
  changePostmortem(deps, id, intent, async (incident, work, trx, now) => {
    const reviewed = reviewing.review(incident, work, { ...asked, now });
    if (!reviewed.ok) return reviewed;
    await store.saveReviews(trx, [reviewed.value.review]);
    return ok({ revised: 'when it settles', decision: reviewed.value.decision });
  });

export const takeBack = (deps: Needs, id: IncidentId, intent: Intent, by: UserId): Done =>
  changePostmortem(deps, id, intent, async (incident, work, _, now) => {
    const back = reviewing.backToDraft(incident, work, { by, now });
    if (!back.ok) return back;
    return ok({ revised: null, change: back.value.change, decision: back.value.decision });
  });

export const publishPostmortem = (deps: Needs, id: IncidentId, intent: Intent, by: UserId): Done =>
  changePostmortem(deps, id, intent, async (incident, work, trx, now) => {
    const shown = { names: await namesOf(trx, peopleIn(work)), timezone: deps.policy.timezone };
    const published = publish(incident, work, { by, now }, shown);
    if (!published.ok) return published;
    await store.saveFactors(trx, id, published.value.factors);
    const { change: told, decision } = published.value;
    if (!(await store.isDraftWaiting(trx, id))) return ok({ revised: 'everywhere', change: told, decision });
    // An action item noted just now, say: it is drafted first, and the files follow that.
    const draft = { job: { kind: 'draft' as const, incident: id }, runAt: now };
    const whole = { ...decision, jobs: [...(decision.jobs ?? []), draft] };
    return ok({ revised: 'everywhere', filesAt: new Date(now.getTime() + MINUTE), change: told, decision: whole });
  });

/** The timer woke; `run` names this run of it. */
export async function comeBackWhenDue(
  deps: Needs,
  id: IncidentId,
  run: string,
  contacts: readonly Contact[],
): Promise<void> {
  const intent = { identity: `postmortem:${run}`, by: null };
  await changeIncident<never>(deps, id, intent, async (incident, trx, now) => {
    const isOwed = isOver(incident) && owes(incident, deps.policy) !== 'none';
    const postmortem = isOwed ? await store.openPostmortem(trx, id, now) : await store.findDraft(trx, id);
    if (!postmortem) return ok({});
    const work = { ...(await workOf(trx, id)), postmortem };
    const owners = await ownersOf(trx, deps.policy, incident, postmortem.owner ? [postmortem.owner] : []);
    const around: Around = { ...owners, contacts };
    const { change: changed, decision } = comeBack(incident, work, around, now);
    await store.updatePostmortem(trx, id, changed, 'as before');
    const draw = { job: { kind: 'draw-postmortem' as const, incident: id }, runAt: now };
    return ok({ ...decision, jobs: [...(decision.jobs ?? []), draw] });
  });
}

/** Who owns some is deactivated: their successors are looked for as soon as it is noted of the person. */
export function ownerGone({ db, now }: Pick<Deps, 'db' | 'now'>, user: UserId): Promise<void> {
  const runAt = new Date(now().getTime() + NOTED_WITHIN);
  return transact(db, async (trx) => {
    const owned = await store.ownedBy(trx, user);
    await enqueue(
      trx,
      owned.map((incident) => ({ job: { kind: 'postmortem', incident }, runAt })),
    );
  });
}

const NOTED_WITHIN: Millis = 5 * SECOND;

/** The road of every decision about a postmortem; refused before there is a draft. */
function changePostmortem(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  decide: (incident: Incident, work: Work, trx: Trx, now: Date) => Promise<Result<Working, PostmortemRefusal>>,
): Done {
  return changeIncident<PostmortemRefusal>(deps, id, intent, async (incident, trx, now) => {
    const postmortem = await store.findDraft(trx, id);
    if (!postmortem) return no({ why: 'no-draft', incident });
    const decided = await decide(incident, { ...(await workOf(trx, id)), postmortem }, trx, now);
    if (!decided.ok) return decided;
    const { decision, change: changed = {}, revised } = decided.value;
    const revision = await store.updatePostmortem(trx, id, changed, revised ? 'revised' : 'as before');
    return ok({ ...decision, jobs: [...(decision.jobs ?? []), ...shownAgain(incident, revision, decided.value, now)] });
  });
}

/**
 * After a change of what nobody wrote: the messages are edited in place, and a file would be a new one. It comes with the
 * next that somebody asks for, unless one is owed as it is.
 */
async function fileAfter(trx: Trx, id: IncidentId): Promise<Settling> {
  const isOwed = (await store.isFileWaiting(trx, id)) || !(await store.hasStandingFile(trx, id));
  return isOwed ? 'when it settles' : 'when somebody asks';
}

const workOf = async (trx: Trx, id: IncidentId): Promise<Pick<Work, 'revisions' | 'reviews'>> => ({
  revisions: await store.revisionsOf(trx, id),
  reviews: await store.reviewsOf(trx, id),
});

async function ownersOf(
  trx: Trx,
  policy: Deps['policy'],
  incident: Incident,
  users: readonly UserId[],
): Promise<Owners> {
  const holders = await holdersOf(trx, incident.id);
  const people = await findPeople(trx, [...users, ...candidates(incident, { policy, holders })]);
  const standings = new Map(people.map(({ userId, standing }): [UserId, Standing] => [userId, standing]));
  return { policy, holders, standings, members: await membersOf(trx, incident.id) };
}

async function namesAround(trx: Trx, id: IncidentId): Promise<string[]> {
  const holders = (await holdersOf(trx, id)).map(({ userId }) => userId);
  return [...(await namesOf(trx, [...holders, ...(await membersOf(trx, id))])).values()];
}

async function shownOf(trx: Trx, policy: Deps['policy'], id: IncidentId, names: Shown['names']): Promise<Shown> {
  const reading = { policy: policy.blameless, people: await namesAround(trx, id) };
  return { names, timezone: policy.timezone, reading };
}

const namesOf = async (trx: Trx, users: readonly UserId[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await findPeople(trx, users)).map(({ userId, name }) => [userId, name]));
