/**
 * Ways of putting things that end the search for what made an incident possible. By name, so that a policy can switch
 * one off. Words alone: `PERSON` stands for whoever is known to be a person.
 */
export const BLAME_RULES = {
  'human-error': {
    why: 'everybody errs, so it explains nothing and ends the search',
    instead: 'what made the action look right, and what let it reach so far',
    patterns: [
      /\b(?:human|operator|pilot) errors?\b/,
      /\buser error\b(?! (?:page|message|rate|report|track|code|screen)s?)/,
      /\b(?:human|operator|engineer|person|people|team)-(?:driven|induced|caused|made)\b/,
      /\bfat[- ]finger(?:s|ed|ing)?\b|\bpebkac\b/,
    ],
  },
  hindsight: {
    why: 'it judges by what is only known now',
    instead: 'what people knew and saw at that moment, and what would show it next time',
    patterns: [
      /\b(?:should|ought to)(?:n['’]t| not| never)?(?: have|['’]ve) (?:ADVERB )?PARTICIPLE/,
      /\bwhy (?:didn['’]t|did not|did) (?:PERSON|anybody|anyone|nobody)\b/,
      /\b(?:it|this|that) (?:was|is|were) obvious\b|\bhindsight\b/,
    ],
  },
  'another-past': {
    why: 'it tells an incident that did not happen and leaves out the one that did',
    instead: 'what happened; what shall change belongs into an action item',
    patterns: [
      /\bif only\b[^.!?\n]{0,60}?\b(?:had|would|could|knew)\b/,
      /\b(?:could|would)(?:n['’]t| not| never| maybe| easily| also| still){0,2}(?: have|['’]ve) (?:ADVERB )?(?!been (?:caused|due|(?:\w+ ){0,2}worse)\b)PARTICIPLE/,
      /\b(?:preventable|avoidable)\b/,
    ],
  },
  person: {
    why: 'it makes a person the cause; the next person will meet the same trap',
    instead: 'what the person saw, and what made the action possible',
    patterns: [
      /\bPERSON(?: ADVERB)? (?:caused|broke|botched|blundered)\b/,
      /\b(?:\w+['’]s?|his|her|their|my|your|our) (?:own )?fault\b|\bat fault\b/,
      /\b(?:to blame|blam(?:e|ed|es|ing))\b/,
      /\b(?:dropp?(?:ed|ing) the ball|(?:screw|mess)(?:ed|ing)? up)\b/,
      /\bWORKER(?: ADVERB)? (?:did not|didn['’]t|never) (?!know|see|have|expect|get|receive|understand)\w+/,
    ],
  },
  slip: {
    why: 'a slip is where the question starts: it was possible, and nothing caught it',
    instead: 'what was visible at that moment, and what let it through',
    patterns: [
      /\bforgot\b|\b(?:was|were|been|had|have|has) forgotten\b/,
      /\b(?:overlook(?:ed|s)|neglect(?:ed|s) to)\b/,
      /\bPERSON(?: ADVERB){0,2} (?:ignored|missed|neglected)\b/,
      /\bPERSON(?: ADVERB){0,2} fail(?:ed|s|ure)? to\b/,
      /\b(?:by mistake|(?:a|an|the|this|that|my|your|his|her|our|their|\w+['’]s)(?: [\w-]+,?){0,3}? mistake)\b/,
      /(?<!\b(?:was|were|be|been|being|is|are|got|get|MACHINE) )\b(?:accidentally|inadvertently|mistakenly|erroneously|wrongly)\b(?! by\b)/,
    ],
  },
  careless: {
    why: 'it judges a character; people acted reasonably on what they knew',
    instead: 'the conditions of the work: hours, load, tools, what was at stake',
    patterns: [
      /\b(?:careless(?:ly|ness)?|sloppy|sloppiness|reckless(?:ly)?|negligen(?:t|ce)|incompeten(?:t|ce)|stupid(?:ly|ity)?|laziness)\b/,
      /\blazy\b(?![- ](?:load|eval|init|import|fetch|delet|creat))/,
      /\b(?:common sense|didn['’]t bother|did not bother|lack(?:ed|s|ing)? (?:of )?(?:the )?(?:discipline|care|attention))\b/,
    ],
  },
  'be-careful': {
    why: 'care wears off by the next busy night',
    instead: 'a guard that holds when nobody thinks of it: a check, a limit, a default, a second pair of eyes built in',
    patterns: [
      /\b(?:be|being) more (?:careful|attentive|diligent|vigilant)\b|\bmore carefully\b/,
      /\bpay(?:s|ing)? (?:more|closer|better) attention\b/,
      /\b(?:remind|retrain|re-train)(?:s|ed|ing)? (?:the )?(?:PERSON|everyone|everybody|all)\b/,
      /\btry harder\b/,
    ],
  },
} as const satisfies Record<string, { why: string; instead: string; patterns: readonly RegExp[] }>;

export type BlameRule = keyof typeof BLAME_RULES;

export const blameRules = Object.keys(BLAME_RULES) as [BlameRule, ...BlameRule[]];
