-- Whom the policy lets see private incidents they are not in: written when they ask for something, because the policy
-- may name user groups, and only Slack knows who is in those.
alter table people add column sees_private boolean not null default false;
