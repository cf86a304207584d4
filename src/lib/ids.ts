/** Branded identifiers: a channel cannot be passed where a person is wanted. */
type Brand<T, B extends string> = T & { readonly __brand: B };

/** The number in `INC-42`, which is also the primary key. */
export type IncidentId = Brand<number, 'IncidentId'>;
/** `C…` or `G…`; the prefix says nothing about privacy and the id can change (Slack: channel_id_changed). */
export type ChannelId = Brand<string, 'ChannelId'>;
/** `U…` or `W…`. */
export type UserId = Brand<string, 'UserId'>;
/** Slack's message id, `seconds.6digits`. Text: a float would lose digits. */
export type Ts = Brand<string, 'Ts'>;

export const incidentId = (value: number): IncidentId => value as IncidentId;
export const channelId = (value: string): ChannelId => value as ChannelId;
export const userId = (value: string): UserId => value as UserId;
export const ts = (value: string): Ts => value as Ts;

/** `INC-42` */
export const refOf = (id: IncidentId): string => `INC-${id}`;

/** The id in `INC-42`, `inc 42`, `#42` or `42`; null when the word names no incident. */
export function parseRef(word: string): IncidentId | null {
  const match = /^(?:inc[-\s]?|#)?(\d{1,9})$/i.exec(word.trim());
  return match ? incidentId(Number(match[1])) : null;
}

/** The instant of a Slack ts, to the millisecond. */
export const instantOf = (value: Ts): Date => new Date(Math.floor(Number.parseFloat(value) * 1000));
