import { TZDate } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { channelLimits } from '../slack/limits.ts';
import { type Incident, isPrivate } from './incident.ts';

/**
 * `inc-20261120-checkout`: the day in the policy's time zone, then the first service, else the title. Slack: lower-case
 * letters, digits, `-` and `_`, at most 80. Null when nothing of it can stand in a name (an emoji title): the number serves.
 */
export function channelStem(title: string, services: readonly string[], day: string): string | null {
  const slug = slugOf(services[0] ?? '') || slugOf(title);
  return slug === '' ? null : `inc-${day}-${slug}`.slice(0, channelLimits.name).replace(/[-_]+$/, '');
}

/** The stem of an incident's own channel; by number alone when private: a name is seen by those who may not know of it. */
export const stemOf = (
  { title, services, visibility }: Pick<Incident, 'title' | 'visibility'> & { services: readonly string[] },
  day: string,
): string | null => (isPrivate({ visibility }) ? null : channelStem(title, services, day));

/** `20261120` */
export const channelDay = (at: Date, timezone: string): string => format(new TZDate(at, timezone), 'yyyyMMdd');

/** The stem, then `-2`, `-3` …: the first that is not in `taken`. */
export function freeName(stem: string, taken: ReadonlySet<string>, from = 1): string {
  for (let n = from; ; n++) {
    const name = numbered(stem, n);
    if (!taken.has(name)) return name;
  }
}

/** The name to try after Slack refused one: always further on, for its holder may be a channel that nobody can see. */
export function nameAfter(refused: string, stem: string, taken: ReadonlySet<string>): string {
  for (let n = 1; n < 1_000; n++) if (numbered(stem, n) === refused) return freeName(stem, taken, n + 1);
  return freeName(refused, taken, 2);
}

/** So many names to try, in order. */
export const namesFrom = (stem: string, from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => numbered(stem, from + n));

function numbered(stem: string, n: number): string {
  const suffix = n === 1 ? '' : `-${n}`;
  return `${stem.slice(0, channelLimits.name - suffix.length).replace(/[-_]+$/, '')}${suffix}`;
}

const slugOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '');
