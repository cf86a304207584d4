-- A postmortem is worked on: computed from the record, put into words by people, asked about, published.

alter table postmortems
  -- Who sees to it that it gets written; null while nobody can.
  add column owner text,
  -- The resolution its due date is counted from: what is reopened and resolved again is counted anew.
  add column owed_since timestamptz,
  -- The last reminder since then.
  add column reminded text,
  -- The draft as it was computed last, in pieces; what is shown and published is put together from it and the revisions.
  add column document jsonb,
  -- What Slack was last told to show, a print of each message, so that only what changed is edited.
  add column drawn jsonb not null default '{}',
  -- Stands while it is published; a correction goes back to a draft.
  add column published_at timestamptz,
  add column published_by text,
  -- Whether it was announced before: a correction edits that post.
  add column announced boolean not null default false,
  -- As file_id, of the file that goes with the announcement.
  add column announced_file_id text;

-- Every wording of a section that a person gave it; nothing is ever overwritten.
create table postmortem_revisions (
  incident_id integer not null references incidents,
  section text not null,
  number integer not null,
  author text not null,
  written_at timestamptz not null,
  text text not null,
  -- False: it was written on an older one than stood by then. Kept, and shown to whoever edits next.
  stands boolean not null,
  -- What the draft said that this wording takes note of; what a later draft says beyond it is proposed, not put in.
  drafted text not null,
  proposed text,
  proposed_at timestamptz,
  primary key (incident_id, section, number),
  check ((proposed is null) = (proposed_at is null))
);

create table postmortem_reviews (
  incident_id integer not null references incidents,
  reviewer text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  answer text check (answer in ('confirmed', 'perspective')),
  answered_at timestamptz,
  -- In the postmortem under their name.
  perspective text,
  primary key (incident_id, reviewer),
  check ((answer is null) = (answered_at is null)),
  check ((answer = 'perspective') = (perspective is not null))
);

-- As they stood when it was published, so that metrics can count them.
create table postmortem_factors (
  incident_id integer not null references incidents,
  position integer not null,
  class text not null,
  text text not null,
  primary key (incident_id, position)
);

-- What was owed before anybody was reminded of it is looked at once, and drafted so that it can be worked on.
insert into jobs (kind, payload, key, priority, run_at)
select one.kind, jsonb_build_object('kind', one.kind, 'incident', i.id), one.kind || ':' || i.id, one.priority, p.due_at
from incidents i join postmortems p on p.incident_id = i.id, (values ('postmortem', 0), ('draft', 2)) as one (kind, priority)
where p.due_at is not null and p.status <> 'published' and i.status in ('resolved', 'closed')
on conflict do nothing;
