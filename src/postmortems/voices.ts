import type { RecordedEntry } from '../timeline/record.ts';
import { millisOf } from './clock-gaps.ts';
import { speakerOf } from './messages.ts';

export interface Voice {
  readonly user: string;
  readonly messages: number;
}

export interface Hour {
  readonly from: number;
  readonly people: number;
}

/** Who wrote, most first, and how many in each hour in which anybody did. */
export function voicesOf(timeline: readonly RecordedEntry[]): { voices: Voice[]; hours: Hour[] } {
  const counts = new Map<string, number>();
  const hours = new Map<string, Set<string>>();
  for (const entry of timeline) {
    const speaker = speakerOf(entry);
    if (speaker === null) continue;
    counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
    const hour = `${entry.occurredAt.slice(0, 13)}:00:00.000Z`;
    const heard = hours.get(hour);
    if (heard) heard.add(speaker);
    else hours.set(hour, new Set([speaker]));
  }
  const voices = [...counts].map(([user, messages]) => ({ user, messages }));
  return {
    voices: voices.sort((a, b) => b.messages - a.messages || (a.user < b.user ? -1 : 1)),
    hours: [...hours]
      .map(([hour, heard]) => ({ from: millisOf(hour) ?? 0, people: heard.size }))
      .sort((a, b) => a.from - b.from),
  };
}
