import { z } from 'zod';
import { channelId, ts, userId } from '../lib/ids.ts';
import type { HistoryPage, Pinned, SlackMessage, SlackUser } from './api.ts';

/** What the Web API answers, as far as it is used; every other field is left alone. */
const Channel = z.string().min(1).transform(channelId);
const User = z.string().min(1).transform(userId);
const MessageTs = z.string().min(1).transform(ts);

const Paged = z.object({ response_metadata: z.object({ next_cursor: z.string().optional() }).optional() });
export type Page = z.output<typeof Paged>;
export const cursorIn = (page: Page): string | null => page.response_metadata?.next_cursor || null;

export const Done = z.object({});
export const WhoWeAre = z.object({ team_id: z.string(), user_id: User, bot_id: z.string(), url: z.string() });
export const OneChannel = z.object({ channel: z.object({ id: Channel, name: z.string() }) });
export const Topic = z.object({ channel: z.object({ topic: z.object({ value: z.string() }).nullish() }) });
export const OneDm = z.object({ channel: z.object({ id: Channel }) });
export const Channels = Paged.extend({
  channels: z.array(
    z.object({
      id: Channel,
      name: z.string().default(''),
      creator: z.string().optional(),
      is_private: z.boolean().default(false),
      is_member: z.boolean().default(false),
    }),
  ),
});
export const Posted = z.object({ ts: MessageTs });
export const Messages = Paged.extend({
  messages: z.array(z.looseObject({ ts: z.string() })),
  is_limited: z.boolean().nullish(),
});
export const pageOf = (said: z.output<typeof Messages>): HistoryPage => ({
  messages: said.messages,
  nextCursor: cursorIn(said),
  isLimited: said.is_limited === true,
});
export const Pins = z.object({
  items: z.array(
    z.object({
      created: z.number().optional(),
      created_by: z.string().optional(),
      message: z.object({ ts: z.string() }).optional(),
    }),
  ),
});
export const pinnedIn = ({ items }: z.output<typeof Pins>): Pinned[] =>
  items.flatMap(({ message, created, created_by: by = null }) =>
    message ? [{ ts: message.ts, by, at: created === undefined ? null : new Date(created * 1_000) }] : [],
  );
export const Bookmarks = z.object({ bookmarks: z.array(z.object({ link: z.string().nullish() })) });
export const PublishedView = z.object({ view: z.object({ hash: z.string().optional() }).optional() });
export const OpenedView = z.object({ view: z.object({ id: z.string() }) });
export const UploadPlace = z.object({ upload_url: z.string(), file_id: z.string() });
export const InviteRefusals = z.object({ errors: z.array(z.object({ user: User, error: z.string() })).min(1) });
export const Groups = z.object({
  usergroups: z.array(z.object({ id: z.string(), handle: z.string(), users: z.array(User).optional() })),
});
export const GroupMembers = z.object({ users: z.array(User) });

const Shares = z.record(z.string(), z.record(z.string(), z.unknown())).default({});
const FileInfo = z.object({ file: z.object({ shares: Shares }) });

export { FileInfo };

const yes = z.boolean().nullish();
export const Person = z.object({
  user: z.object({
    id: User,
    team_id: z.string().nullish(),
    name: z.string().nullish(),
    real_name: z.string().nullish(),
    tz: z.string().nullish(),
    deleted: yes,
    is_bot: yes,
    is_restricted: yes,
    is_ultra_restricted: yes,
    profile: z.object({ display_name: z.string().nullish(), real_name: z.string().nullish() }).nullish(),
  }),
});

export const personOf = ({ user }: z.output<typeof Person>): SlackUser => ({
  id: user.id,
  teamId: user.team_id ?? null,
  name: user.profile?.display_name || user.profile?.real_name || user.real_name || user.name || user.id,
  isBot: user.is_bot === true,
  isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
  isDeactivated: user.deleted === true,
  timezone: user.tz ?? null,
});

/** Whether the file already stands in the channel, in a public or a private one. */
export const isSharedIn = ({ file }: z.output<typeof FileInfo>, channel: string): boolean =>
  Object.values(file.shares).some((places) => places[channel] !== undefined);

/** The metadata by which a post of ours is found again; it must survive neither edits nor copies, so only ours count. */
export const markerOf = (marker: string) => ({ event_type: MARKER_TYPE, event_payload: { job: marker } });
const MARKER_TYPE = 'sitrep_job';

export function carries(message: SlackMessage, marker: string, us: { userId: string; botId: string }): boolean {
  if (message.user !== us.userId && message.bot_id !== us.botId) return false;
  const found = Marked.safeParse(message.metadata);
  return found.success && found.data.event_payload.job === marker;
}
const Marked = z.object({ event_type: z.literal(MARKER_TYPE), event_payload: z.object({ job: z.string() }) });

/** Slack's `oldest`: seconds with six digits. */
export const tsOf = (at: Date): string => (at.getTime() / 1_000).toFixed(6);
