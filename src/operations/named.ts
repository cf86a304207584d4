import { isPerson } from '../incidents/contact.ts';
import { listed } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import { type Finding, fine, note, problem } from './finding.ts';

/** Somebody, or a user group, as the policy names them; `where` are the keys that do. */
export interface Named {
  readonly written: string;
  readonly isPerson: boolean;
  readonly where: readonly string[];
}

export interface Looked extends Named {
  /** `untold`: Slack did not say. */
  readonly is: 'known' | 'unknown' | 'deactivated' | 'untold';
}

/** Everybody on whom `access`, an escalation or an invitation counts, each once. */
export function namedIn({ access, severities, services }: Policy): Named[] {
  const all = [
    ...Object.entries(access).flatMap(([right, audience]: [string, string | readonly string[]]) =>
      typeof audience === 'string' ? [] : audience.map((one) => ({ one, where: `access.${right}` })),
    ),
    ...severities.flatMap(({ id, escalate }) =>
      escalate.flatMap(({ to }) => to.map((one) => ({ one, where: `severities[${id}].escalate` }))),
    ),
    ...services.flatMap(({ id, invite }) => invite.map((one) => ({ one, where: `services[${id}].invite` }))),
  ];
  const byName = Map.groupBy(all, ({ one }) => one);
  return [...byName].map(([written, found]) => ({
    written,
    isPerson: isPerson(written),
    where: [...new Set(found.map(({ where }) => where))],
  }));
}

type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string };

export function whatIs(person: Asked<{ readonly deleted: boolean }>): Looked['is'] {
  if (person.ok) return person.value.deleted ? 'deactivated' : 'known';
  return person.code === 'user_not_found' || person.code === 'user_not_visible' ? 'unknown' : 'untold';
}

/** Slack lists no group that is switched off. */
export function whatGroup(written: string, known: readonly { id: string; handle: string }[]): Looked['is'] {
  const wanted = written.replace(/^@/, '');
  return known.some(({ id, handle }) => id === wanted || handle === wanted) ? 'known' : 'unknown';
}

export function namedFindings(looked: readonly Looked[]): Finding[] {
  if (looked.length === 0) return [];
  const wrong = looked.filter(({ is }) => is !== 'known').map(namedFinding);
  const known = looked.length - wrong.length;
  const right = `Slack knows ${known === 1 ? 'the one person or group' : `${known} people and groups`} of the policy`;
  return [...(known > 0 ? [fine(right)] : []), ...wrong];
}

function namedFinding({ written, isPerson: isOne, is, where }: Looked): Finding {
  const places = `${listed(where)} of the policy`;
  const what = isOne ? `${written}, named by ${places},` : `The user group ${written}, named by ${places},`;
  if (is === 'deactivated')
    return problem(`${what} has a deactivated account`, 'Name somebody else there in sitrep.yml.');
  if (is === 'untold') return note(`${what} could not be looked up`, 'Run sitrep doctor again in a minute.');
  return problem(
    `${what} is not known to Slack`,
    isOne
      ? 'Copy the member ID from their profile, and correct it in sitrep.yml.'
      : 'Write the handle as Slack shows it, or its id (S…); a group that was switched off has to be switched on again.',
  );
}
