import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { FORM_LOST, formIncident } from '../incidents/forms.ts';
import type { Incident } from '../incidents/incident.ts';
import { worded } from '../incidents/refusals.ts';
import { clickedOn, findVisible, locate } from '../incidents/transactions.ts';
import type { Message } from '../jobs/job.ts';
import { dayOf } from '../lib/day.ts';
import { type UserId, userId } from '../lib/ids.ts';
import { no, type Result } from '../lib/result.ts';
import type { View } from '../slack/api.ts';
import { message, section } from '../slack/blocks.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Submission } from '../slack/listeners.ts';
import { joined, Mrkdwn, md, mentionsIn, plainOf } from '../slack/mrkdwn.ts';
import { readSectionValue } from './board.ts';
import { dueOn, parseDue } from './due-date.ts';
import { mayNotEdit, notesOn, notesText } from './editing.ts';
import * as forms from './forms.ts';
import { partsOf, wholeOf } from './parts.ts';
import { type PostmortemRefusal, wordedPostmortem } from './refusals.ts';
import { parseSection, type SectionId } from './sections.ts';
import { linesOf, sourceOf } from './source.ts';
import * as change from './transactions.ts';
import { aside, draftedOf, standing, textOf, type Work } from './work.ts';

type Found = { readonly incident: Incident; readonly rest: string };

/** What is heard about postmortems: parse, call down, answer. */
export function postmortemListeners(deps: Deps): Listeners {
  const clicked = (act: (click: Click, incident: Incident) => Promise<Answer>) => async (click: Click) => {
    const found = await clickedOn(deps, click);
    return found.ok ? act(click, found.value) : { say: worded(found.no) };
  };
  return {
    verbs: {
      postmortem: async (call) => {
        const found = await locate(deps, call, 'postmortem');
        return found.ok ? postmortem(deps, call, found.value) : { say: worded(found.no) };
      },
    },
    clicks: {
      'postmortem-edit': clicked((click, incident) => {
        const chosen = readSectionValue(click.value);
        return chosen ? openSection(deps, click, incident, chosen.section) : refuse({ why: 'no-draft', incident });
      }),
      'postmortem-owner': clicked((click, incident) =>
        open(
          deps,
          click,
          incident,
          ({ postmortem }) => forms.ownerModal(incident, postmortem),
          'postmortem owner @someone',
        ),
      ),
      'postmortem-due': clicked((click, incident) => openDue(deps, click, incident)),
      'postmortem-review': clicked((click, incident) =>
        open(deps, click, incident, () => forms.reviewModal(incident, []), 'postmortem review @someone'),
      ),
      'postmortem-publish': clicked((click, incident) => publish(deps, click, incident)),
      'postmortem-back': clicked(async (click, incident) =>
        said(await change.takeBack(deps, incident.id, asked(click), click.user)),
      ),
      'postmortem-take': clicked((click, incident) => settle(deps, click, incident, 'take')),
      'postmortem-keep': clicked((click, incident) => settle(deps, click, incident, 'keep')),
      'postmortem-confirm': clicked(async (click, incident) => {
        const answer = { by: click.user, perspective: null };
        return said(await change.answerReview(deps, incident.id, asked(click), answer));
      }),
      'postmortem-perspective': clicked((click, incident) =>
        open(
          deps,
          click,
          incident,
          ({ reviews }) => forms.perspectiveModal(incident, reviews.find((one) => one.reviewer === click.user) ?? null),
          'postmortem edit summary',
        ),
      ),
    },
    events: {
      // Slack says it at every change of a profile; the timers look in vain the next time.
      user_change: async ({ event }) => {
        const read = Deactivation.safeParse(event);
        if (read.success) await change.ownerGone(deps, userId(read.data.user.id));
      },
    },
    forms: {
      [forms.SECTION_FORM]: (form) => sectionByForm(deps, form),
      [forms.OWNER_FORM]: (form) => ownerByForm(deps, form),
      [forms.DUE_FORM]: (form) => dueByForm(deps, form),
      [forms.REVIEW_FORM]: (form) => reviewByForm(deps, form),
      [forms.PERSPECTIVE_FORM]: (form) => perspectiveByForm(deps, form),
    },
  };
}

const Deactivation = z.object({ user: z.object({ id: z.string(), deleted: z.literal(true) }) });

const refuse = async (refusal: PostmortemRefusal): Promise<Answer> => ({ say: wordedPostmortem(refusal) });
const asked = ({ intent, user }: { intent: string; user: UserId }) => ({ identity: intent, by: user });

type Done = Result<{ readonly answer: Message | null }, PostmortemRefusal>;
const said = (done: Done): Answer =>
  done.ok ? { say: done.value.answer ?? message(md`Done.`) } : { say: wordedPostmortem(done.no) };

async function postmortem(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  const typed = rest.trim();
  const word = typed.split(/\s/)[0] ?? '';
  const more = typed.slice(word.length).trim();
  switch (word.toLowerCase()) {
    case '':
      return { say: await drafted(deps, call, incident) };
    case 'edit':
      return edit(deps, call, incident, more);
    case 'owner':
      return owner(deps, call, incident, more);
    case 'due':
      return due(deps, call, incident, more);
    case 'review':
      return review(deps, call, incident, more);
    case 'publish':
      return publish(deps, call, incident);
    case 'draft':
      return said(await change.takeBack(deps, incident.id, asked(call), call.user));
    default:
      return refuse({ why: 'unknown-word', word });
  }
}

async function drafted(deps: Deps, call: Call, incident: Incident): Promise<Message> {
  const done = await change.askForDraft(deps, incident.id, asked(call), call.channel);
  return done.answer ?? message(md`Drafting.`);
}

async function edit(deps: Deps, call: Call, incident: Incident, typed: string): Promise<Answer> {
  const found = parseSection(plainOf(typed));
  if (found.section === null) return refuse({ why: 'which-section', typed, nearest: found.nearest });
  if (found.rest === '') return openSection(deps, call, incident, found.section);
  const wording = { section: found.section, text: found.rest, base: null, by: call.user };
  const done = await change.editSection(deps, incident.id, asked(call), wording);
  if (!done.ok || !done.value.answer) return said(done);
  const notes = await notesFor(deps, incident, found.section, found.rest);
  const words = Mrkdwn.trusted(done.value.answer.text);
  return { say: notes ? message(joined([words, notes]), [section(words), section(notes)]) : done.value.answer };
}

/** Notes on a wording; null: nothing to note. */
async function notesFor(deps: Deps, incident: Incident, id: SectionId, text: string): Promise<Mrkdwn | null> {
  const found = await change.readWork(deps, incident.id);
  const document = found?.work.postmortem.document;
  const drafts = document ? sourceOf(draftedOf(document, id)) : '';
  const people = await change.peopleAround(deps, incident.id);
  const notes = notesOn(id, sourceOf(linesOf(text)), drafts, { policy: deps.policy.blameless, people });
  return notes.length > 0 ? notesText(notes) : null;
}

async function owner(deps: Deps, call: Call, incident: Incident, typed: string): Promise<Answer> {
  const [to, ...others] = mentionsIn(typed);
  if (typed === '')
    return open(
      deps,
      call,
      incident,
      ({ postmortem: of }) => forms.ownerModal(incident, of),
      'postmortem owner @someone',
    );
  if (!to || others.length > 0) return refuse({ why: 'owner-missing' });
  const nobody = await nobodyAmong(deps, [to]);
  if (nobody) return refuse(nobody);
  return said(await change.changeOwner(deps, incident.id, asked(call), { to, by: call.user }));
}

async function due(deps: Deps, call: Call, incident: Incident, typed: string): Promise<Answer> {
  if (typed === '') return openDue(deps, call, incident);
  const read = parseDue(plainOf(typed), deps.policy.timezone, deps.now());
  if (!read.ok) return refuse(read.no);
  return said(await change.moveDueDate(deps, incident.id, asked(call), { ...read.value, by: call.user }));
}

function openDue(deps: Deps, from: Call | Click, incident: Incident): Promise<Answer> {
  const today = dayOf(deps.now(), deps.policy.timezone);
  const draw = ({ postmortem: of }: Work) => forms.dueModal(incident, of, today);
  return open(deps, from, incident, draw, 'postmortem due friday');
}

async function review(deps: Deps, call: Call, incident: Incident, typed: string): Promise<Answer> {
  const who = mentionsIn(typed);
  if (typed === '')
    return open(deps, call, incident, () => forms.reviewModal(incident, []), 'postmortem review @someone');
  const nobody = await nobodyAmong(deps, who);
  if (nobody) return refuse(nobody);
  return said(await change.askForReview(deps, incident.id, asked(call), { who, by: call.user }));
}

const publish = async (deps: Deps, from: Call | Click, incident: Incident): Promise<Answer> =>
  said(await change.publishPostmortem(deps, incident.id, asked(from), from.user));

async function settle(deps: Deps, click: Click, incident: Incident, how: 'take' | 'keep'): Promise<Answer> {
  const about = readSectionValue(click.value);
  if (!about) return refuse({ why: 'no-draft', incident });
  return said(await change.settleProposal(deps, incident.id, asked(click), { ...about, how, by: click.user }));
}

async function openSection(deps: Deps, from: Call | Click, incident: Incident, id: SectionId): Promise<Answer> {
  const found = await change.readWork(deps, incident.id);
  const text = found ? textOf(found.work, id) : '';
  const parts = partsOf(text);
  if (parts === null) return refuse({ why: 'too-long-for-a-form', section: id, length: text.length });
  const shown = (work: Work) => ({ section: id, parts, base: standing(work, id), aside: aside(work, id) });
  return open(
    deps,
    from,
    incident,
    (work) => forms.sectionModal(incident, shown(work)),
    `postmortem edit ${id} <text>`,
  );
}

/** A form about a postmortem that may be worked on. */
async function open(
  deps: Deps,
  from: Call | Click,
  incident: Incident,
  draw: (work: Work) => View,
  typed: string,
): Promise<Answer> {
  const found = await change.readWork(deps, incident.id);
  const refused = found ? mayNotEdit(incident, found.work) : ({ why: 'no-draft', incident } as const);
  if (!found || refused) return refuse(refused ?? { why: 'no-draft', incident });
  const view = draw(found.work);
  try {
    await deps.slack.openView(from.triggerId, view);
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: view.callback_id }, 'a form did not open');
    return { say: message(md`The form did not open; type \`/incident ${typed}\`.`) };
  }
}

async function sectionByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const opened = forms.openedOn(form.privateMetadata);
  const incident = opened && (await findVisible(deps, opened.incident, form.user));
  const read = readForm(forms.SectionForm, form.values);
  if (!opened || !incident || !read.ok) return { errors: read.ok ? { part0: FORM_LOST } : read.no };
  const { section: id, base } = opened;
  const text = wholeOf(read.value, opened.glue);
  const done = await change.editSection(deps, incident.id, asked(form), { section: id, text, base, by: form.user });
  // Nothing was changed: closing the form is what saving it means.
  if (!done.ok && done.no.why === 'same-words') return { close: true };
  if (!done.ok) return { errors: { part0: await deps.plain(wordedPostmortem(done.no)) } };
  const late = done.value.answer ? { late: done.value.answer.text } : {};
  return { ...(await afterSaving(deps, incident, id, text, form.user)), ...late };
}

/** Who was second is shown the first's words beside their own; who was not, what there is to note. */
async function afterSaving(
  deps: Deps,
  incident: Incident,
  id: SectionId,
  text: string,
  by: UserId,
): Promise<FormAnswer> {
  const found = await change.readWork(deps, incident.id);
  const first = found && standing(found.work, id);
  const isAside = found && aside(found.work, id).some((one) => one.author === by && one.text === text);
  const parts = partsOf(text);
  if (first && isAside && parts)
    return { update: forms.meanwhileModal(incident, { section: id, parts, base: first, aside: [] }, first) };
  const notes = await notesFor(deps, incident, id, text);
  return notes ? { update: forms.notesView(incident, id, notes) } : { close: true };
}

async function ownerByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const incident = await incidentOf(deps, form);
  const read = readForm(forms.OwnerForm, form.values);
  if (!incident || !read.ok) return { errors: read.ok ? { owner: FORM_LOST } : read.no };
  const to = read.value.owner;
  const nobody = await nobodyAmong(deps, [to]);
  if (nobody) return closed(deps, 'owner', no(nobody));
  return closed(deps, 'owner', await change.changeOwner(deps, incident.id, asked(form), { to, by: form.user }));
}

async function dueByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const incident = await incidentOf(deps, form);
  const fields = readForm(forms.DueForm, form.values);
  if (!incident || !fields.ok) return { errors: fields.ok ? { due: FORM_LOST } : fields.no };
  const { due: typed, why } = fields.value;
  const read = dueOn(typed, deps.policy.timezone, deps.now());
  if (!read.ok) return closed(deps, 'due', read);
  const date = { dueAt: read.value, why, by: form.user };
  return closed(deps, 'due', await change.moveDueDate(deps, incident.id, asked(form), date));
}

async function reviewByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const incident = await incidentOf(deps, form);
  const read = readForm(forms.ReviewForm, form.values);
  if (!incident || !read.ok) return { errors: read.ok ? { reviewers: FORM_LOST } : read.no };
  const who = read.value.reviewers;
  const nobody = await nobodyAmong(deps, who);
  if (nobody) return closed(deps, 'reviewers', no(nobody));
  return closed(deps, 'reviewers', await change.askForReview(deps, incident.id, asked(form), { who, by: form.user }));
}

async function perspectiveByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const incident = await incidentOf(deps, form);
  const read = readForm(forms.PerspectiveForm, form.values);
  if (!incident || !read.ok) return { errors: read.ok ? { perspective: FORM_LOST } : read.no };
  const { perspective } = read.value;
  const done = await change.answerReview(deps, incident.id, asked(form), { by: form.user, perspective });
  if (!done.ok) return closed(deps, 'perspective', done);
  const notes = await notesFor(deps, incident, 'summary', perspective);
  return notes ? { update: forms.notesView(incident, null, notes) } : closed(deps, 'perspective', done);
}

async function incidentOf(deps: Deps, form: Submission): Promise<Incident | null> {
  const id = formIncident(form.privateMetadata);
  return id === null ? null : findVisible(deps, id, form.user);
}

const closed = async (deps: Deps, field: string, done: Done): Promise<FormAnswer> =>
  done.ok
    ? { close: true, ...(done.value.answer && { late: done.value.answer.text }) }
    : { errors: { [field]: await deps.plain(wordedPostmortem(done.no)) } };

/** Who is not known yet is asked of Slack before the transaction. Null: nothing stands against them, or it is silent. */
async function nobodyAmong(deps: Deps, who: readonly UserId[]): Promise<PostmortemRefusal | null> {
  const [user] = await deps.unknown(who);
  return user === undefined ? null : { why: 'unknown-person', user };
}
