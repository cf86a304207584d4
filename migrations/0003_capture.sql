-- Reading history again, and channels that people took away from the bot.

-- What keeps the bot out of its channel; null while nothing does.
alter table incidents add column channel_lost text check (channel_lost in ('archived', 'left'));

alter table watermarks
  -- The reading under way, so that a crash costs one page.
  add column round jsonb,
  -- When the channel was last read from end to end, every thread included.
  add column whole_at timestamptz,
  -- Up to which thread the slow rotation over threads has come.
  add column thread_at text,
  -- How often a reading found something the record lacked, how many entries, and when last.
  add column gaps_found integer not null default 0,
  add column entries_recovered bigint not null default 0,
  add column found_at timestamptz,
  -- Why reading does not succeed, in Slack's word.
  add column trouble text;

create index timeline_by_thread on timeline_entries (incident_id, thread_ts, ts) where thread_ts is not null;
