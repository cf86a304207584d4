import type { PostmortemRow } from '../db/tables-postmortems.ts';
import type { ChannelId, Ts, UserId } from '../lib/ids.ts';
import { actions, type Block, button, section } from '../slack/blocks.ts';
import { date, joined, link, type Mrkdwn, md, permalink } from '../slack/mrkdwn.ts';
import { type Incident, isOpen } from './incident.ts';

/** What the card of an ended incident needs to know beside the incident's own row. */
export interface Ending {
  /** Null unless it was a false alarm, and when the reason was struck out. */
  readonly whyCanceled: string | null;
  readonly postmortem: PostmortemStands | null;
}

interface PostmortemStands extends Pick<PostmortemRow, 'status' | 'owner' | 'dueAt' | 'publishedAt'> {
  /** Its first message, once that is posted. */
  readonly post: { readonly channelId: ChannelId; readonly ts: Ts } | null;
}

export const stillOpen: Ending = { whyCanceled: null, postmortem: null };

/** How it ended and what is left to do: nothing of it while the incident is open. */
export function endingBlocks(
  incident: Incident,
  ending: Ending,
  names: ReadonlyMap<UserId, string>,
  workspaceUrl: string | null,
): Block[] {
  if (isOpen(incident)) return [];
  if (incident.status === 'canceled')
    return ending.whyCanceled === null ? [] : [section(md`*Why it was canceled*\n${ending.whyCanceled}`)];
  return [
    ...(incident.resolution ? [section(md`*What fixed it*\n${incident.resolution}`)] : []),
    ...(ending.postmortem ? [section(md`*Postmortem*\n${standing(ending.postmortem, names, workspaceUrl)}`)] : []),
  ];
}

function standing(
  { status, owner, dueAt, publishedAt, post }: PostmortemStands,
  names: ReadonlyMap<UserId, string>,
  workspaceUrl: string | null,
): Mrkdwn {
  const whose =
    owner === null
      ? md`nobody owns it: \`/incident postmortem owner @someone\``
      : md`owner ${names.get(owner) ?? owner}`;
  const where = post === null ? md`being drafted` : leading(status, post, workspaceUrl);
  if (status === 'published') return md`${where}${publishedAt ? md` ${date(publishedAt)}` : ''} · ${whose}`;
  // Slack renders {ago} anew at every look: when it is overdue that is seen.
  if (publishedAt) return joined([where, md`published ${date(publishedAt)} before`, whose], ' · ');
  const due = dueAt ? [md`due ${date(dueAt)} (${date(dueAt, '{ago}')})`] : [];
  return joined([where, ...due, whose], ' · ');
}

const leading = (
  words: string,
  { channelId, ts }: NonNullable<PostmortemStands['post']>,
  workspaceUrl: string | null,
): Mrkdwn => (workspaceUrl === null ? md`${words}` : link(permalink(workspaceUrl, channelId, ts), words));

/** In place of the buttons of an open one: an accident returns, and a false alarm may have been real after all. */
export const wayBack = ({ id }: Incident): Block => actions('card', [button('Reopen', 'reopen', String(id))]);
