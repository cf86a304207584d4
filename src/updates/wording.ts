import { joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';

/**
 * Templates of what is said: people fill blanks at 3 a.m., they do not write prose. Internal words are for those who
 * work on it; words for the audience say what is felt, what is done and when the next word comes, and no cause.
 */

const MOMENTS = ['declaration', 'update', 'mitigation', 'resolution'] as const;
type Moment = (typeof MOMENTS)[number];
export type Ear = 'internal' | 'audience';

export type Templates = { readonly [M in Moment]: { readonly [E in Ear]: string } };
/** What a severity says in other words. */
export type OwnTemplates = {
  readonly [M in Moment]?: { readonly [E in Ear]?: string | null | undefined } | null | undefined;
};

export const PLACEHOLDERS = ['title', 'impact', 'severity', 'status', 'next', 'how'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

export const builtInTemplates: Templates = {
  declaration: {
    internal: 'What users feel: {impact}',
    audience: 'What you may notice: {impact} We are looking into it. The next update comes {next}.',
  },
  update: {
    internal: 'Still {status}. What users feel: {impact}',
    audience: 'What you may notice: {impact} We are working on it. The next update comes {next}.',
  },
  mitigation: {
    internal: 'Users should no longer feel it. What they felt: {impact}',
    audience:
      'This should work again. What you may have noticed: {impact} We are watching it closely. The next update comes {next}.',
  },
  resolution: {
    internal: '{how}',
    audience: 'This is solved. What you may have noticed: {impact} Thank you for your patience.',
  },
};

/** Words in braces that stand for nothing. */
export const unknownPlaceholders = (template: string): string[] =>
  [...template.matchAll(/\{([^{}]*)\}/g)]
    .map(([whole, name = '']) => (isPlaceholder(name) ? '' : whole))
    .filter((whole) => whole !== '');

const isPlaceholder = (name: string): name is Placeholder => (PLACEHOLDERS as readonly string[]).includes(name);

export interface Worded {
  readonly templates: Templates;
  readonly severities: readonly { readonly id: string; readonly templates: OwnTemplates }[];
}

export const templateOf = (policy: Worded, severity: string, moment: Moment, ear: Ear): string =>
  policy.severities.find(({ id }) => id === severity)?.templates[moment]?.[ear] ?? policy.templates[moment][ear];

/** What the moment of an incident is called here; null: it was a false alarm, of which there is nothing to say. */
export function momentOf(status: string): Exclude<Moment, 'update'> | null {
  if (status === 'canceled') return null;
  if (status === 'mitigated') return 'mitigation';
  return status === 'resolved' || status === 'closed' ? 'resolution' : 'declaration';
}

interface Facts {
  readonly title: string;
  readonly impact: string | null;
  readonly severity: string;
  readonly status: string;
  readonly resolution: string | null;
}

/** As people get it to go on writing: `{next}` stays, for it is known when the words are posted. */
export const filled = (template: string, facts: Facts, ear: Ear): string =>
  pieces(template, facts, ear)
    .map((piece) => piece ?? '{next}')
    .join('')
    .trim();

/** The same as a message. */
export const filledMrkdwn = (template: string, facts: Facts, ear: Ear, next: Mrkdwn): Mrkdwn =>
  joined(
    pieces(template, facts, ear).map((piece) => (piece === null ? next : md`${piece}`)),
    '',
  );

/** Null where the next time stands; what is put in is not looked through again. */
function pieces(template: string, facts: Facts, ear: Ear): (string | null)[] {
  const values = valuesOf(facts, ear);
  return template
    .split(/\{(\w+)\}/)
    .map((part, n) => (n % 2 === 0 ? part : part === 'next' ? null : (values[part as Placeholder] ?? `{${part}}`)));
}

const valuesOf = (facts: Facts, ear: Ear): Partial<Record<Placeholder, string>> => ({
  title: facts.title,
  severity: facts.severity,
  status: facts.status,
  how: facts.resolution ?? '',
  impact: sentence(facts.impact ?? (ear === 'internal' ? 'not known yet' : 'some things may not work as they should')),
});

const sentence = (text: string): string => (/[.!?…:]\s*$/.test(text) ? text.trim() : `${text.trim()}.`);

/** `by 15:05 UTC`, with the day when it is another one; what becomes of `{next}` in words that people keep. */
export function nextSaid(dueAt: Date | null, timezone: string, now: Date): string {
  if (dueAt === null) return 'when there is news';
  const day = (at: Date) => new Intl.DateTimeFormat('en-GB', { timeZone: timezone, dateStyle: 'short' }).format(at);
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    ...(day(dueAt) !== day(now) && { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  return `by ${format.format(dueAt)}`;
}

export const withNext = (text: string, said: string): string => text.replaceAll('{next}', said);
export const saysNext = (text: string): boolean => text.includes('{next}');
