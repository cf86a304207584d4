-- A due date that people move, and the files of a postmortem for as long as they stand in Slack.

alter table postmortems
  -- Who gave it another due date than the policy's, and why; it holds until the next resolution.
  add column due_moved_by text,
  add column due_moved_why text;

-- A file outlives the revision it shows. What it quotes may be taken back, and an incident may become private: then it goes.
create table postmortem_files (
  -- Slack's.
  file_id text primary key,
  incident_id integer not null references incidents,
  place text not null check (place in ('channel', 'announcements')),
  uploaded_at timestamptz not null,
  -- Messages whose words stand in it; null: it was uploaded before this was kept.
  quotes text[],
  -- Why it is to go.
  unwanted text,
  removed_at timestamptz
);
create index postmortem_files_of_an_incident on postmortem_files (incident_id);

insert into postmortem_files (file_id, incident_id, place, uploaded_at)
select file_id, incident_id, 'channel', drafted_at from postmortems where file_id is not null
union all
select announced_file_id, incident_id, 'announcements', drafted_at from postmortems where announced_file_id is not null
on conflict do nothing;
