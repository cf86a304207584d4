import { type IncidentId, parseRef } from '../lib/ids.ts';

/** `resolve rolled back in INC-42`: a command outside the channels of incidents names its incident at its end. */
export function trailingRef(rest: string): { ref: IncidentId; rest: string } | null {
  const match = /(?:^|\s)in\s+(inc[-\s]?\d{1,9})\s*$/i.exec(rest);
  const id = match?.[1] ? parseRef(match[1]) : null;
  return match && id !== null ? { ref: id, rest: rest.slice(0, match.index).trim() } : null;
}
