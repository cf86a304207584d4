-- An incident's row changes a few dozen times, mostly in columns no index knows: with room on its page none of its
-- indexes has to be touched.
alter table incidents set (fillfactor = 70);
