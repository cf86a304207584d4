import type { Controls } from '../controls.ts';
import type { Channel, Member, World } from '../world.ts';
import type { Reads } from './reads.ts';

/** Who looks, and at what: everything a page is drawn from. */
export type Look = {
  readonly world: World;
  readonly reads: Reads;
  /** Clock, story, bad days and the bot's process; null where somebody else runs the bot. */
  readonly controls: Controls | null;
  readonly me: Member;
  /** `/sandbox/oncall`: whose window it is stands in every address. */
  readonly base: string;
  /** The address of this page, where forms come back to. */
  readonly here: string;
  /** Null on the app's Home tab. */
  readonly channel: Channel | null;
  /** ts of the thread in the side pane. */
  readonly thread: string | null;
  readonly pane: Pane | null;
  /** Id of the file in the side pane. */
  readonly file: string | null;
  /** ts of the message being edited. */
  readonly edit: string | null;
  /** The list begins a little before this ts. */
  readonly from: string | null;
  /** What this browser asked not to be shown any more. */
  readonly hidden: Hidden;
  /** The dialog of the workspace's own that is open. */
  readonly dialog: Dialog | null;
  /** A dialog that asks before something is done. */
  readonly ask?: Ask;
  /** One sentence about what was just tried. */
  readonly notice?: string;
};

type Hidden = { readonly hint: boolean; readonly story: string };

export const DIALOGS = ['create-channel'] as const;
type Dialog = (typeof DIALOGS)[number];

export const PANES = ['members', 'pins', 'files'] as const;
type Pane = (typeof PANES)[number];

export type Ask = {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly deny: string;
  readonly isDanger: boolean;
  /** What the form sends when the answer is yes. */
  readonly action: string;
  readonly fields: Record<string, string>;
};

export const act = (look: Look, what: string): string => `${look.base}/do/${what}`;

/** The address of a channel, with what else is open. */
export function at(look: Look, channel: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams(more).toString();
  return `${look.base}/${channel}${query ? `?${query}` : ''}`;
}

/** This page, as far up in its history, with something else open. */
export const here = (look: Look, more: Record<string, string> = {}): string =>
  look.channel
    ? at(look, look.channel.id, { ...(look.from !== null && { from: look.from }), ...more })
    : `${look.base}/home`;

export const canSee = (channel: Channel, member: Member): boolean =>
  channel.members.has(member.id) || (channel.kind === 'public' && member.kind === 'member');
