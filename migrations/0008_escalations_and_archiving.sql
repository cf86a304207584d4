-- Escalations that wait for somebody to be on it, and channels that are offered for archiving.

create table escalations (
  incident_id integer not null references incidents,
  -- What raised it and when: the same cause at the same moment is the same escalation, however many processes saw it.
  key text not null,
  -- The first of those that followed from one another because nobody answered; who answers one answers them all.
  chain text not null,
  how text not null check (how in ('hand', 'policy', 'cadence', 'timer')),
  -- As they are written in sitrep.yml or were typed.
  contacts jsonb not null,
  why text,
  raised_by text,
  raised_at timestamptz not null,
  -- When its contacts were called a second time, which is the last.
  repeated_at timestamptz,
  -- From here the bot does nothing more about it by itself.
  ended_at timestamptz,
  outcome text check (outcome in ('acknowledged', 'further', 'announced', 'overtaken', 'ended')),
  acknowledged_by text,
  acknowledged_at timestamptz,
  primary key (incident_id, key),
  check ((outcome is null) = (ended_at is null))
);
create index escalations_open on escalations (incident_id) where ended_at is null;

alter table incidents
  -- What `escalate[].after` is counted from; null: the declaration.
  add column escalation_since timestamptz,
  -- Up to which `after` the policy was carried out since then.
  add column escalated_after_ms bigint;

-- One for each ending: a reopened incident's is deleted.
create table archive_offers (
  incident_id integer primary key references incidents,
  offered_at timestamptz not null,
  answer text check (answer in ('archive', 'keep')),
  answered_by text,
  answered_at timestamptz,
  check ((answer is null) = (answered_at is null))
);
