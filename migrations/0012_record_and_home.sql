-- The record as people work on it, and who has the Home tab open.

-- Whoever joins a running incident is told once where it stands; that they were outlives every process.
create table catch_ups (
  incident_id integer not null references incidents,
  user_id text not null,
  joined_at timestamptz not null,
  primary key (incident_id, user_id)
);

-- Slack says when somebody opens the Home tab, never when they leave it: those who opened it lately are kept up to date.
create table homes (
  user_id text primary key,
  opened_at timestamptz not null,
  -- Of what was published last, so that a drawing which says the same is not published again; null: draw in any case.
  print text,
  -- Slack's word for what was published last: a slower process with older rows does not overwrite a newer drawing.
  hash text
);
create index homes_opened on homes (opened_at);

create index tasks_of_a_person on tasks (assignee) where ended_at is null;
