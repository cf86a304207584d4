-- Events of channels that nobody knows, while a channel is being opened: Slack may have made it already, and its id is
-- on record only when its answer has come. Taken up when it is; whatever is of no incident goes when nothing opens.
create table held_events (
  id bigint generated always as identity primary key,
  channel_id text not null,
  -- An entry as it would have been recorded.
  entry jsonb not null,
  held_at timestamptz not null
);

-- Asked for every event that belongs to no incident.
create index jobs_opening on jobs (id) where kind = 'open-channel';
