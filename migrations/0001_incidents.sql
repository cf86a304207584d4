-- The record of incidents. Every instant is handed in by the caller (domain time); nothing here defaults to now().

create table incidents (
  -- Shown as INC-<id>. A sequence leaves a gap where a declaration was rolled back; a counter row would make declarations wait for each other.
  id integer generated always as identity primary key,
  title text not null,
  summary text,
  impact text,
  severity text not null,
  -- False while nobody chose the severity: office hours do not apply to a default.
  severity_chosen boolean not null,
  status text not null,
  visibility text not null check (visibility in ('public', 'private')),
  kind text not null check (kind in ('real', 'drill')),
  services jsonb not null default '[]',
  links jsonb not null default '[]',
  declared_by text not null,

  -- Reserved before Slack is asked to create it: Slack's own check is no lock, two equal creates can both succeed.
  channel_name text not null unique,
  channel_id text unique,
  card_ts text,
  announcement_channel_id text,
  announcement_ts text,

  impact_started_at timestamptz,
  detected_at timestamptz,
  declared_at timestamptz not null,
  acknowledged_at timestamptz,
  mitigated_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  resolution text,

  -- The promise: who reads "next update by" sees promise_due_at. Null while nothing is promised.
  cadence_ms bigint,
  cadence_off_reason text,
  promise_made_at timestamptz,
  promise_due_at timestamptz,
  promise_rung text,
  promise_rung_at timestamptz,
  snoozed_until timestamptz,
  -- How often the channel was asked for an IC since somebody last had it, and when.
  acknowledge_asks integer not null default 0,
  acknowledge_asked_at timestamptz,

  version integer not null default 1
);
create index incidents_open on incidents (declared_at) where status not in ('resolved', 'closed', 'canceled');

create table role_assignments (
  id bigint generated always as identity primary key,
  incident_id integer not null references incidents,
  role text not null,
  user_id text not null,
  assigned_by text not null,
  from_at timestamptz not null,
  to_at timestamptz
);
-- Two people who click "I'm IC" at once: one wins.
create unique index one_holder_per_role on role_assignments (incident_id, role) where to_at is null;

create table updates (
  id bigint generated always as identity primary key,
  incident_id integer not null references incidents,
  text text not null,
  audience_text text,
  author text not null,
  status text not null,
  severity text not null,
  posted_at timestamptz not null,
  promised_at timestamptz,
  next_promise_at timestamptz,
  kept boolean,
  late_by_ms bigint,
  missed boolean not null default false
);
create index updates_of_incident on updates (incident_id, posted_at);

create table timeline_entries (
  id bigint generated always as identity primary key,
  incident_id integer not null references incidents,
  -- The same from the live event and from a history read; without the channel id, which people can change.
  identity text not null,
  kind text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  actor text,
  source text not null check (source in ('slack', 'sitrep', 'history')),
  text text,
  ts text,
  thread_ts text,
  payload jsonb not null default '{}',
  constraint an_entry_is_recorded_once unique (incident_id, identity)
);
create index timeline_in_order on timeline_entries (incident_id, occurred_at, ts);
create index timeline_by_message on timeline_entries (incident_id, ts) where ts is not null;

create table action_items (
  id bigint generated always as identity primary key,
  incident_id integer not null references incidents,
  what text not null,
  owner text,
  due_on date,
  status text not null default 'open',
  created_by text not null,
  created_at timestamptz not null
);

create table postmortems (
  incident_id integer primary key references incidents,
  status text not null check (status in ('draft', 'in review', 'published')),
  markdown text not null,
  revision integer not null,
  drafted_at timestamptz not null,
  due_at timestamptz,
  -- Stored between the upload and its completion, so that a repeat completes the same file.
  file_id text
);

-- Posts of ours that are edited later (a reminder becomes "done"), by what they are for.
create table posts (
  incident_id integer not null references incidents,
  purpose text not null,
  channel_id text not null,
  ts text not null,
  primary key (incident_id, purpose)
);

-- One row per accepted intent; a repeat of it finds the answer here. Refusals leave none.
create table intents (
  identity text primary key,
  incident_id integer references incidents,
  user_id text not null,
  -- What was typed, kept only so that the same words after a late answer find the same incident.
  words text,
  answer jsonb not null,
  at timestamptz not null,
  answered_late_at timestamptz
);
create index intents_answered_late on intents (user_id, answered_late_at) where answered_late_at is not null;
create index intents_by_age on intents (at);

create table people (
  user_id text primary key,
  team_id text,
  name text not null,
  standing text not null check (standing in ('member', 'guest', 'stranger', 'bot', 'deactivated')),
  checked_at timestamptz not null
);

-- Who is in an incident's channel, as far as Slack has told us; private incidents are shown to these only.
create table channel_members (
  incident_id integer not null references incidents,
  user_id text not null,
  primary key (incident_id, user_id)
);

-- Channels found or made by name, such as the announcement channel.
create table known_channels (
  name text primary key,
  channel_id text not null
);

create table watermarks (
  incident_id integer primary key references incidents,
  read_through text,
  read_at timestamptz
);

-- What could not be stored for its own data: kept raw, acknowledged, shown by `sitrep doctor`.
create table quarantine (
  id bigint generated always as identity primary key,
  identity text not null unique,
  reason text not null,
  payload text not null,
  at timestamptz not null
);

create table audit (
  id bigint generated always as identity primary key,
  incident_id integer references incidents,
  at timestamptz not null,
  actor text not null,
  what text not null,
  detail jsonb not null default '{}'
);
create index audit_of_incident on audit (incident_id, at);
