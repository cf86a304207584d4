-- Command handed over with a brief, and tasks with a time.

create table handoffs (
  id bigint generated always as identity primary key,
  incident_id integer not null references incidents,
  from_user text not null,
  to_user text not null,
  -- When the one who offers took command: an offer is worth something only while that holding lasts.
  held_since timestamptz not null,
  -- What people may put into other words; what is true at any moment (severity, promise, tasks) is drawn when it is shown.
  brief jsonb not null,
  -- Grows with every edit: a form that was opened on an older one does not overwrite it.
  brief_version integer not null default 1,
  edited_by text,
  edited_at timestamptz,
  offered_at timestamptz not null,
  -- When the channel was told that nobody answers.
  told_at timestamptz,
  outcome text check (outcome in ('accepted', 'declined', 'replaced', 'overtaken', 'ended')),
  ended_by text,
  ended_at timestamptz,
  check ((outcome is null) = (ended_at is null))
);
-- A new offer replaces the one before.
create unique index one_open_handoff on handoffs (incident_id) where outcome is null;

-- Long command is spoken of once for each holding.
alter table role_assignments add column handover_suggested_at timestamptz;

create table tasks (
  id bigint generated always as identity primary key,
  incident_id integer not null references incidents,
  what text not null,
  assignee text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  -- The time that was given, in milliseconds; "more time" gives it once more.
  length_ms bigint not null,
  due_at timestamptz not null,
  status text not null check (status in ('asked', 'accepted', 'stuck', 'done', 'declined', 'dropped')),
  -- When the person was asked how it goes, and when the IC heard that there was no answer; of the present time box.
  checked_at timestamptz,
  told_at timestamptz,
  ended_by text,
  ended_at timestamptz,
  check ((status in ('done', 'declined', 'dropped')) = (ended_at is not null))
);
create index tasks_open on tasks (incident_id, asked_at) where ended_at is null;
