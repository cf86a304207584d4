/** Classes of contributing factors, so that they can be counted, and the words by which people speak of each. */
export const FACTOR_CLASSES = {
  change:
    /\b(?:deploy(?:ed|ment|s)?|releas(?:e|ed)|merg(?:e|ed)|roll(?:ed)?[ -]?out|upgrad(?:e|ed)|migration|build \d+)\b/i,
  capacity:
    /\b(?:out of (?:memory|disk|space|connections)|oom|disk (?:is )?full|saturat(?:ed|ion)|exhaust(?:ed|ion)|quota|too many connections|traffic spike|overload(?:ed)?)\b/i,
  dependency: /\b(?:vendor|upstream|third[ -]party|provider|their (?:api|status page|side|end))\b/i,
  config: /\b(?:config(?:uration)?s?|settings?|env(?:ironment)? var(?:iable)?s?|dns|certificates?|feature flags?)\b/i,
  data: /\b(?:corrupt(?:ed|ion)?|duplicate (?:rows|keys)|bad (?:data|rows|records)|backfill|missing (?:rows|data))\b/i,
  security:
    /\b(?:breach|leak(?:ed)? (?:key|token|secret|credential)s?|credentials?|attack(?:er|ers)?|ddos|exploit(?:ed)?|phish(?:ing|ed)?)\b/i,
  'conditions of work':
    /\b(?:no (?:runbook|alert|dashboard|access)|alert fatigue|nobody on call|hand(?:ed)?[ -]?over|asleep|on holiday|on vacation|understaffed)\b/i,
} as const;

export type FactorClass = keyof typeof FACTOR_CLASSES | 'unknown';

const spokenOf = Object.keys(FACTOR_CLASSES) as Exclude<FactorClass, 'unknown'>[];

export const factorClasses: readonly FactorClass[] = [...spokenOf, 'unknown'];

export interface Factor {
  readonly class: FactorClass;
  readonly text: string;
}

/** `conditions` will do for `conditions of work`. */
const CLASSED = new RegExp(
  `^[*_\\[(]*(${factorClasses.map((one) => one.replace(' of work', '(?: of work)?')).join('|')})[*_\\])]*\\s*[:–—-]+[*_]*\\s*(.+)$`,
  'i',
);

/**
 * The factors of a section as people wrote it: one on each line, its class in front (`change: …`); a line without one is
 * of class unknown. What is still asked for is no factor.
 */
export function factorsIn(section: string): Factor[] {
  return section.split('\n').flatMap((line): Factor[] => {
    const text = line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').trim();
    if (text === '' || /^[*_]*unknown, ask\b/i.test(text) || /^[*_]*spoken of\b/i.test(text)) return [];
    const [, named = '', rest = ''] = CLASSED.exec(text) ?? [];
    const of = factorClasses.find((one) => named !== '' && one.startsWith(named.toLowerCase()));
    return [of ? { class: of, text: rest.trim() } : { class: 'unknown', text }];
  });
}
