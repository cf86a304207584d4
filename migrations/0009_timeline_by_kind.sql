-- What was decided, who came and went: few among the many words, and asked for by every decision. Words and reactions,
-- which come by the thousand, do not pay for it.
create index timeline_by_kind on timeline_entries (incident_id, kind, occurred_at)
  where kind not in ('message', 'message_edited', 'message_deleted', 'reaction_added', 'reaction_removed');
