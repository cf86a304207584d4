import { act, type Reply, type Stage, shortcut, slash } from './acts.ts';
import { type ChannelView, viewChannel } from './channel-view.ts';
import {
  addChannel,
  archiveChannel,
  checkName,
  directMessage,
  joinChannel,
  leaveChannel,
  makePrivate,
  renameChannel,
  setTopic,
  unarchiveChannel,
} from './channels.ts';
import { channelId, chosen, userId, type Wish } from './choose.ts';
import { findButton, findSelect } from './find.ts';
import { until } from './journal.ts';
import {
  addMessage,
  addPin,
  addReaction,
  changeMessage,
  removeMessage,
  removePin,
  removeReaction,
} from './messages.ts';
import { type Modal, modalOf, setState } from './modal.ts';
import { readable, type Shown, showEphemeral, showMessage } from './readable.ts';
import { viewJson } from './shapes.ts';
import { composeMessage, richText } from './typed.ts';
import { stackOf } from './views.ts';
import type { Channel, Json, Member, Message, SlackFile, View } from './world.ts';
import { nextId, nextTs, seconds, token } from './world.ts';

/**
 * A channel by name or id; `dm` is the direct message with the bot. Without it: that of the thread, or where this person
 * joined, spoke or typed last, at first #general.
 */
type In = { readonly in?: string };
type Posted = { readonly ts: string };
type ClickOptions = { in?: string; on?: Posted | 'modal' | 'home'; confirm?: boolean };
export type UploadedFile = { name: string; content: string | Buffer };

/** Somebody in the workspace, doing what people do in Slack. */
export type Person = {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly slash: (typed: string, where?: In) => Promise<Reply>;
  readonly says: (
    typed: string,
    where?: In & { thread?: string; broadcast?: boolean; files?: UploadedFile[] },
  ) => Shown;
  readonly edits: (message: Posted, typed: string) => void;
  readonly deletes: (message: Posted) => void;
  readonly reacts: (message: Posted, name: string) => void;
  readonly unreacts: (message: Posted, name: string) => void;
  readonly pins: (message: Posted) => void;
  readonly unpins: (message: Posted) => void;
  readonly joins: (channel: string) => void;
  readonly leaves: (channel: string) => void;
  /** A channel of their own making, with them alone in it. Throws Slack's refusal of a name. */
  readonly creates: (name: string, fields?: { private?: boolean }) => ChannelView;
  /** The bot's handle invites the bot. */
  readonly invites: (handle: string, channel: string) => void;
  readonly kicks: (handle: string, channel: string) => void;
  readonly renames: (channel: string, name: string) => void;
  readonly setsTopic: (channel: string, topic: string) => void;
  readonly archives: (channel: string) => void;
  readonly unarchives: (channel: string) => void;
  readonly makesPrivate: (channel: string) => void;
  /** `confirm: false` answers the confirm dialog with no: nothing is sent. */
  readonly clicks: (label: string, options?: ClickOptions) => Promise<Reply>;
  readonly selects: (label: string, wish: Wish, options?: Omit<ClickOptions, 'confirm'>) => Promise<Reply>;
  readonly shortcut: (name: string, on?: Posted) => Promise<Reply>;
  readonly opensHome: (tab?: 'home' | 'messages') => void;
  /** The Home tab as published, or null. */
  readonly home: { readonly view: View; readonly shown: string } | null;
  /** The form on top. Throws when none is open. */
  readonly modal: Modal;
  /** Every form that is open, the top last. */
  readonly modals: readonly Modal[];
  /** Waits until a form (of that title) is on top. */
  readonly seesModal: (title?: string) => Promise<Modal>;
  /** Waits until this person can read it: in a channel they are in, an ephemeral, a direct message. */
  readonly sees: (what: string | RegExp, options?: { in?: string; timeoutMs?: number }) => Promise<Shown>;
  /** All this person can read now, oldest first. */
  readonly screen: (where?: string) => Shown[];
  readonly ephemerals: readonly Shown[];
  /** Direct messages with the bot. */
  readonly dms: readonly Shown[];
};

/** Where each person stands. */
const places = new WeakMap<Member, string>();

export function makePerson(stage: Stage, member: Member): Person {
  const { world } = stage;
  const { journal } = world;
  const says = (what: string) => journal.record({ kind: 'act', who: member.handle, what });

  const channelAt = (name: string): Channel => {
    if (name === 'dm') return directMessage(world, member.id);
    return world.channels.get(channelId(world, name)) as Channel;
  };
  const standing = (name?: string): Channel => {
    const last = world.channels.get(places.get(member) ?? '');
    const channel = name === undefined && last ? last : channelAt(name ?? 'general');
    places.set(member, channel.id);
    return channel;
  };
  const mine = (name: string): Channel => {
    const channel = channelAt(name);
    if (!channel.members.has(member.id)) throw new Error(`${member.handle} is not in #${channel.name}`);
    if (channel.archived) throw new Error(`#${channel.name} is archived`);
    return channel;
  };
  const located = ({ ts }: Posted): { channel: Channel; message: Message } => {
    for (const channel of world.channels.values()) {
      const message = channel.messages.get(ts);
      if (message) return { channel, message };
    }
    throw new Error(`There is no message ${ts}`);
  };
  const upload = ({ name, content: given }: UploadedFile): string => {
    const content = Buffer.from(given);
    const file: SlackFile = {
      id: nextId(world, 'F'),
      user: member.id,
      name,
      title: name,
      created: seconds(world),
      length: Buffer.byteLength(content),
      content: typeof content === 'string' ? Buffer.from(content) : content,
      completed: true,
      shares: [],
    };
    world.files.set(file.id, file);
    return file.id;
  };
  const where = ({ in: name, on }: ClickOptions) => ({
    ...(name ? { in: channelAt(name) } : {}),
    ...(on ? { on } : {}),
  });
  const screen = (name?: string): Shown[] => {
    const only = name === undefined ? null : channelAt(name);
    const channels = [...world.channels.values()].filter((c) => c.members.has(member.id) && (!only || c === only));
    const messages = channels.flatMap((c) => [...c.messages.values()].map((m) => showMessage(world, c, m)));
    const whispered = world.ephemerals
      .filter((e) => e.to === member.id && (!only || e.channel === only.id))
      .map((e) => showEphemeral(world, e));
    return [...messages, ...whispered].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  };
  const modals = () => stackOf(world, member.id).map((view) => modalOf(stage, member, view));

  return {
    id: member.id,
    handle: member.handle,
    name: member.realName,
    slash: async (typed, { in: name } = {}) => slash(stage, member, standing(name), typed),
    says: (typed, { in: name, thread, broadcast = false, files = [] } = {}) => {
      const channel = mine(standing(name ?? (thread && located({ ts: thread }).channel.id)).id);
      const text = composeMessage(world, typed);
      says(`says "${typed}" in #${channel.name}`);
      const ids = files.map(upload);
      const subtype = ids.length > 0 ? 'file_share' : broadcast ? 'thread_broadcast' : null;
      const message = addMessage(world, channel, {
        user: member.id,
        text,
        blocks: text ? [richText(text)] : [],
        clientMsgId: `${token(8)}-${token(4)}-4${token(3)}-9${token(3)}-${token(12)}`,
        files: ids,
        broadcast,
        ...(subtype ? { subtype } : {}),
        ...(thread ? { threadTs: located({ ts: thread }).message.threadTs ?? thread } : {}),
      });
      return showMessage(world, channel, message);
    },
    edits: (posted, typed) => {
      const { channel, message } = located(posted);
      const text = composeMessage(world, typed);
      says(`edits ${posted.ts} to "${typed}"`);
      const edited = { user: member.id, ts: `${nextTs(world).slice(0, 10)}.000000` };
      changeMessage(world, channel, message, { text, blocks: [richText(text)], edited });
    },
    deletes: (posted) => {
      const { channel, message } = located(posted);
      says(`deletes ${posted.ts}`);
      removeMessage(world, channel, message);
    },
    reacts: (posted, name) => {
      const { channel, message } = located(posted);
      says(`reacts :${name}: to ${posted.ts}`);
      addReaction(world, channel, message, member.id, name);
    },
    unreacts: (posted, name) => {
      const { channel, message } = located(posted);
      says(`takes :${name}: off ${posted.ts}`);
      removeReaction(world, channel, message, member.id, name);
    },
    pins: (posted) => {
      const { channel, message } = located(posted);
      says(`pins ${posted.ts}`);
      addPin(world, channel, message, member.id);
    },
    unpins: (posted) => {
      const { channel, message } = located(posted);
      says(`unpins ${posted.ts}`);
      removePin(world, channel, message, member.id);
    },
    joins: (name) => {
      const channel = channelAt(name);
      if (channel.kind !== 'public')
        throw new Error(`#${channel.name} is private: somebody must invite ${member.handle}`);
      says(`joins #${channel.name}`);
      places.set(member, channel.id);
      joinChannel(world, channel, member.id);
    },
    leaves: (name) => {
      says(`leaves #${name}`);
      leaveChannel(world, channelAt(name), member.id);
    },
    creates: (typed, { private: isPrivate = false } = {}) => {
      if (member.kind !== 'member') throw new Error('Guests and people of other organisations cannot create channels');
      const name = checkName(world, typed.trim().replace(/^#/, '').toLowerCase().replaceAll(/\s+/g, '-'));
      says(`creates #${name}`);
      const channel = addChannel(world, { name, kind: isPrivate ? 'private' : 'public', creator: member.id });
      return viewChannel(world, channel);
    },
    invites: (handle, name) => {
      says(`invites ${handle} to #${name}`);
      joinChannel(world, mine(name), userId(world, handle), member.id);
    },
    kicks: (handle, name) => {
      says(`removes ${handle} from #${name}`);
      leaveChannel(world, mine(name), userId(world, handle));
    },
    renames: (name, to) => {
      says(`renames #${name} to #${to}`);
      renameChannel(world, mine(name), member.id, to);
    },
    setsTopic: (name, topic) => {
      says(`sets the topic of #${name}`);
      setTopic(world, mine(name), member.id, topic);
    },
    archives: (name) => {
      says(`archives #${name}`);
      archiveChannel(world, mine(name), member.id);
    },
    unarchives: (name) => {
      says(`unarchives #${name}`);
      unarchiveChannel(world, channelAt(name), member.id);
    },
    makesPrivate: (name) => {
      says(`makes #${name} private`);
      makePrivate(world, mine(name), member.id);
    },
    clicks: async (label, options = {}) => {
      const { source, block, element, option } = findButton(world, member, label, where(options));
      const hasConfirm = element.confirm !== undefined;
      if (hasConfirm && options.confirm === false) {
        says(`clicks "${label}" and thinks better of it`);
        return { outcome: 'acked', ms: 0, text: '', shown: '', blocks: [], raw: undefined };
      }
      says(`clicks "${label}"`);
      return act(stage, member, source, block, clickOf(element, option));
    },
    selects: async (label, wish, options = {}) => {
      const { source, block, element } = findSelect(world, member, label, where(options));
      says(`selects ${JSON.stringify(wish)} in "${label}"`);
      const state = chosen(world, element, wish);
      if (source.kind === 'view') setState(source.view, block, element, state);
      return act(stage, member, source, block, { ...state, action_id: element.action_id });
    },
    shortcut: (name, on) => shortcut(stage, member, name, on ? located(on) : undefined),
    opensHome: (tab = 'home') => {
      says(`opens the ${tab} tab of the app`);
      const view = world.homes.get(member.id);
      const dm = directMessage(world, member.id);
      world.tell({
        type: 'app_home_opened',
        user: member.id,
        channel: dm.id,
        tab,
        ...(view && tab === 'home' ? { view: viewJson(world, view) } : {}),
        event_ts: nextTs(world),
      });
    },
    get home() {
      const view = world.homes.get(member.id);
      return view ? { view, shown: readable('', view.body.blocks as Json[]) } : null;
    },
    get modal() {
      const top = modals().at(-1);
      if (!top) throw new Error(`${member.handle} has no form open`);
      return top;
    },
    get modals() {
      return modals();
    },
    seesModal: (title) =>
      until(journal, () => modals().at(-1)?.title === (title ?? modals().at(-1)?.title) && modals().at(-1), {
        what: `${member.handle} sees the form "${title ?? 'any'}"`,
      }).then((found) => found as Modal),
    sees: (what, { in: name, timeoutMs = 10_000 } = {}) => {
      const fits = ({ shown, text }: Shown) =>
        typeof what === 'string' ? shown.includes(what) || text.includes(what) : what.test(shown) || what.test(text);
      return until(journal, () => screen(name).findLast(fits), {
        timeoutMs,
        what: `${member.handle} sees ${what}${name ? ` in #${name}` : ''}`,
      });
    },
    screen,
    get ephemerals() {
      return world.ephemerals.filter((e) => e.to === member.id).map((e) => showEphemeral(world, e));
    },
    get dms() {
      return screen('dm');
    },
  };
}

/** As it stands in `actions[0]`. */
function clickOf(element: Json, option: Json | undefined): Json {
  const { type, action_id, text, value, url } = element;
  if (option) return { type, action_id, selected_option: option };
  return { type, action_id, text, ...(value !== undefined ? { value } : {}), ...(url !== undefined ? { url } : {}) };
}
