-- A published postmortem that is corrected was published in time all the same: from now on published_at and published_by
-- stay while it is a draft again, until the incident is resolved anew.

alter table postmortems
  -- Since when it is a draft again; null before it is published, and while it is.
  add column taken_back_at timestamptz;
