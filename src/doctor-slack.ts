import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SlackConfig } from './config.ts';
import { refOf } from './lib/ids.ts';
import { type Finding, note, problem } from './operations/finding.ts';
import { type Looked, type Named, namedFindings, namedIn, whatGroup, whatIs } from './operations/named.ts';
import {
  type Access,
  type Asked,
  askForChannel,
  askForGroups,
  askForName,
  askForPerson,
  askForSocket,
  askMemberships,
  askWhoWeAre,
  type Channel,
} from './operations/slack.ts';
import {
  announcementFinding,
  appTokenFinding,
  botTokenFinding,
  type Membership,
  membershipFindings,
  remedyFor,
  scopeFindings,
} from './operations/slack-findings.ts';
import type { OpenChannel } from './operations/store.ts';
import type { Policy } from './policy.ts';

/** Tokens, scopes and channels, by questions alone. `policy` and `open` are null when file or database could not tell. */
export async function lookAtSlack(
  apiUrl: string,
  slack: Exclude<SlackConfig, { mode: 'sandbox' }>,
  policy: Policy | null,
  open: readonly OpenChannel[] | null,
): Promise<Finding[]> {
  const bot: Access = { apiUrl, token: slack.botToken };
  const us = await askWhoWeAre(bot);
  const socket = slack.mode === 'socket' ? await askForSocket({ apiUrl, token: slack.appToken }) : null;
  const tokens = [botTokenFinding(us), ...(socket ? [appTokenFinding(socket)] : [])];
  if (!us.ok) return [...tokens, note('Scopes and channels were not looked at, for want of a token that works')];
  return [
    ...tokens,
    ...scopeFindings(us.value.scopes, manifestScopes()),
    ...(policy === null ? [] : [await lookAtAnnouncements(bot, policy.announceChannel)]),
    ...(policy === null ? [] : await lookAtNamed(bot, namedIn(policy))),
    ...(open === null ? [] : await lookAtMemberships(bot, open)),
  ];
}

function manifestScopes(): string[] {
  const text = readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8');
  const Manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) });
  return Manifest.parse(parse(text)).oauth_config.scopes.bot;
}

async function lookAtAnnouncements(bot: Access, configured: string): Promise<Finding> {
  const name = configured.replace(/^#/, '');
  const isId = /^[CG][A-Z0-9]{6,}$/.test(name);
  return announcementFinding(name, isId, await (isId ? askForChannel(bot, name) : askForName(bot, name)));
}

/** People and groups that the policy counts on: who is unknown is neither called nor let in. */
async function lookAtNamed(bot: Access, named: readonly Named[]): Promise<Finding[]> {
  const [people, groups] = [named.filter(({ isPerson }) => isPerson), named.filter(({ isPerson }) => !isPerson)];
  const known = groups.length > 0 ? await askForGroups(bot) : null;
  const looked: Looked[] = [];
  for (const one of people) looked.push({ ...one, is: whatIs(await askForPerson(bot, one.written)) });
  for (const one of groups) looked.push({ ...one, is: known?.ok ? whatGroup(one.written, known.value) : 'untold' });
  return namedFindings(looked);
}

async function lookAtMemberships(bot: Access, open: readonly OpenChannel[]): Promise<Finding[]> {
  if (open.length === 0) return membershipFindings([]);
  const ours = await askMemberships(bot);
  if (!ours.ok) return [problem('The channels of the bot could not be listed', remedyFor(ours.code))];
  const memberships: Membership[] = [];
  for (const one of open)
    memberships.push({ ref: refOf(one.id), channel: one.channelName, is: await whereabouts(bot, one, ours.value) });
  return membershipFindings(memberships);
}

async function whereabouts(
  bot: Access,
  { channelId }: OpenChannel,
  ours: readonly Channel[],
): Promise<Membership['is']> {
  if (channelId === null) return 'none';
  const own = ours.find(({ id }) => id === channelId);
  if (own) return own.is_archived ? 'archived' : 'in';
  const seen: Asked<Channel> = await askForChannel(bot, channelId);
  if (seen.ok && seen.value.is_archived) return 'archived';
  return !seen.ok && seen.code === 'channel_not_found' ? 'gone' : 'out';
}
