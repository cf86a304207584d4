import type { Kind } from '../db/tables.ts';
import type { Incident } from '../incidents/incident.ts';

/** What is asked about an open incident, and what of it is compared. */
export type Alike = Pick<
  Incident,
  'id' | 'title' | 'severity' | 'status' | 'kind' | 'services' | 'channelId' | 'declaredAt'
>;

/** As many as can be judged at a glance. */
const SHOWN = 3;

/**
 * Open incidents that may be the same one: more than half of the telling words of both titles are shared, or a service
 * is. The most alike first, then the youngest. Drills and real incidents are never the same.
 */
export function alikeTo(
  declared: { readonly title: string; readonly services: readonly string[]; readonly kind: Kind },
  open: readonly Alike[],
): Alike[] {
  const words = telling(declared.title);
  return open
    .filter((one) => one.kind === declared.kind)
    .map((incident) => ({
      incident,
      shared: shared(words, telling(incident.title)),
      service: incident.services.some((service) => declared.services.includes(service)),
    }))
    .filter((one) => one.service || one.shared > 0.5)
    .toSorted((a, b) => b.shared - a.shared || b.incident.declaredAt.getTime() - a.incident.declaredAt.getTime())
    .slice(0, SHOWN)
    .map((one) => one.incident);
}

/** Words that say what an incident is about: letters and digits, without what every sentence has. */
const telling = (title: string): ReadonlySet<string> =>
  new Set(
    (
      title
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? []
    ).filter((word) => !COMMON.has(word)),
  );

const COMMON = new Set(
  'a an the is are was were be been being has have had of in on at to for from by with and or not no our we it its this that there some all'.split(
    ' ',
  ),
);

/** Of all words of both, how many stand in both (Jaccard). */
function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length;
  const all = a.size + b.size - both;
  return all === 0 ? 0 : both / all;
}
