-- What waits for its back-off: few, and looked through whenever a worker asks when to look again. What waits for its
-- time alone is found at the front of jobs_waiting.
create index jobs_put_back on jobs (priority) where not_before is not null and worker is null and parked_at is null;
