-- Action items are followed to their end: reminded of, moved, done, dropped and opened again.

alter table action_items
  add column type text check (type in ('mitigate', 'prevent', 'detect', 'process')),
  add column ticket text,
  -- The message it was noted from: noted once more it is the same item.
  add column message_ts text,
  -- Its words are those of the message; they go when the message is deleted or redacted.
  add column quotes boolean not null default false,
  -- When somebody was last reminded of it, or set its date; the next reminder comes after that. Null: since it was created.
  add column heard_at timestamptz,
  -- The name of the direct message in which it stands with its buttons.
  add column reminder text,
  -- Who changed it last: a form that was opened before does not overwrite it.
  add column changed_by text,
  add column changed_at timestamptz,
  add column ended_by text,
  add column ended_at timestamptz,
  -- Why it was dropped.
  add column reason text,
  add check (status in ('open', 'done', 'dropped')),
  add check ((status = 'open') = (ended_at is null));

create unique index action_items_of_a_message on action_items (incident_id, message_ts);
create index action_items_of_an_incident on action_items (incident_id, id);
create index action_items_open on action_items (owner) where status = 'open';
