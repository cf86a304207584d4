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

/** Counts who wrote, most first, and how many in each hour in which anybody did. */
export function headcount() {
  const counts = new Map<string, number>();
  const hours = new Map<string, Set<string>>();
  return {
    hears: (entry: RecordedEntry): void => {
      const speaker = speakerOf(entry);
      if (speaker === null) return;
      counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
      const hour = entry.occurredAt.slice(0, HOUR);
      const heard = hours.get(hour);
      if (heard) heard.add(speaker);
      else hours.set(hour, new Set([speaker]));
    },
    counted: (): { voices: Voice[]; hours: Hour[] } => ({
      voices: [...counts]
        .map(([user, messages]) => ({ user, messages }))
        .sort((a, b) => b.messages - a.messages || (a.user < b.user ? -1 : 1)),
      hours: [...hours]
        .map(([hour, heard]) => ({ from: millisOf(`${hour}:00:00.000Z`) ?? 0, people: heard.size }))
        .sort((a, b) => a.from - b.from),
    }),
  };
}

/** `2026-11-20T03` */
const HOUR = 13;
