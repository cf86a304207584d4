-- What the bot does later: effects in Slack and timers. A row lives until its job is done, then it is deleted.
--
-- Two clocks: run_at is domain time (promises can be moved by whoever hands in `now`). Every other instant is the
-- database's clock_timestamp(), so that a skewed or moved clock of a process never runs an effect twice.
--
-- A row is waiting (worker null, parked_at null), running (worker set) or parked (parked_at set).

create table jobs (
  id bigint generated always as identity primary key,
  -- Stands in what is posted, so that a repeat finds it. Not the id: ids start again in another database of the same workspace.
  marker uuid not null unique default gen_random_uuid(),
  kind text not null,
  payload jsonb not null,
  lane text,
  key text,
  priority smallint not null,
  run_at timestamptz not null,
  -- Back-off, a rate limit, or the time-out of a request that may still be on its way.
  not_before timestamptz,
  attempts integer not null default 0,
  failing_since timestamptz,
  -- Start of the earliest attempt of which nobody knows whether it happened.
  uncertain_since timestamptz,
  last_error text,
  worker integer,
  started_at timestamptz,
  lease_until timestamptz,
  -- Grows at every claim and every move: whoever reports with an older number speaks of a run that is over.
  fence integer not null default 0,
  parked_at timestamptz,
  check (worker is null or parked_at is null),
  check ((worker is null) = (lease_until is null) and (worker is null) = (started_at is null))
);

create index jobs_waiting on jobs (priority, run_at, id) where worker is null and parked_at is null;
create index jobs_of_lane on jobs (lane, id) where lane is not null and parked_at is null;

-- One waiting row per key. A running row has already looked at the world, so what is promised meanwhile gets its own row.
create unique index jobs_one_waiting_per_key on jobs (key) where worker is null and parked_at is null;

-- Two claims that see different heads of a lane (ids are drawn before the commit) must not both win.
create unique index jobs_one_running_per_lane on jobs (lane) where worker is not null;

create index jobs_running on jobs (worker) where worker is not null;
create index jobs_parked on jobs (parked_at) where parked_at is not null;

-- Workers are known by a number and live as long as a session that holds the advisory lock of that number.
-- It may start again after two thousand million workers: none of the first is left by then.
create sequence job_workers as integer cycle;

-- What Slack's 429 said, for every process to see: a method, or a method and what it was used on.
create table rate_limits (
  scope text primary key,
  until timestamptz not null
);
