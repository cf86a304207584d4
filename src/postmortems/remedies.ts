/** What people do: neither what happens by itself ("a lock is blocking requests") nor what they will not or did not do. What is looked for behind comes last: it is slow. */
const OURS =
  "\\b(?=[sbpdiw])(?<!\\b(?:not|n['’]t|never|did|does|that|which) )(?:stop|stopping|block|pause|pausing|drain|draining|(?:i|we)(?: have|['’]ve)? (?:stopped|blocked|paused|drained)) ";
/** What can be stopped and goes on later. */
const STOPPABLE =
  '(?:back-?fill|job|cron|deploy|deployment|roll-?out|release|import|importer|export|exporter|migration|reindex|traffic|request|queue|consumer|worker|batch|sync|crawler|client|pipeline|node|host|pod|region|zone|cluster|sender|write|ip|bot)';

/** The mitigations worth trying before the cause is known, and the words by which people speak of them. */
const REMEDIES: readonly { readonly remedy: string; readonly words: RegExp }[] = [
  {
    remedy: 'a rollback',
    words: /\b(?:roll(?:ed|ing|s)?[\s-]?back|revert(?:ed|ing|s)?|back(?:ed|ing)? (?:it )?out)\b/i,
  },
  {
    remedy: 'switching something off',
    words: /\b(?:flags? off|kill[\s-]?switch|(?:turn|switch|flip)(?:ed|ing)? (?:\S+ ){0,3}off|disabl(?:e|ed|ing))\b/i,
  },
  {
    remedy: 'stopping something',
    words: new RegExp(`${OURS}(?:[^\\s.,;?!]+ ){0,3}?${STOPPABLE}s?\\b`, 'i'),
  },
  { remedy: 'a failover', words: /\bfail(?:ed|ing)?[\s-]?over\b/i },
  {
    remedy: 'adding capacity',
    words:
      /\b(?:scal(?:e|ed|ing)[\s-](?:it )?(?:out|up)|add(?:ed|ing)? (?:(?:more|another|two|three|a|\d+|new) )?(?:capacity|replicas?|nodes?|hosts?|workers?|instances?|shards?|servers?)|(?:rais(?:e|ed|ing)|increas(?:e|ed|ing)|bump(?:ed|ing)?) (?:\S+ ){0,4}?(?:pools?|limits?|replicas?|quotas?|workers?|instances?|memory|capacity|timeouts?)|(?:pools?|limits?|quotas?|replicas?|timeouts?) (?:is |was |are |were )?(?:raised|increased|bumped))\b/i,
  },
  {
    remedy: 'shedding load',
    words: /\b(?:shed(?:ding)? load|load[\s-]shedding|rate[\s-]?limit(?:ed|ing)?|throttl(?:e|ed|ing))\b/i,
  },
  { remedy: 'a restart', words: /\b(?:restart|reboot)(?:ed|ing|s)?\b/i },
  { remedy: 'a restore', words: /\brestor(?:e|ed|ing)\b/i },
];

const RECOVERY =
  /\b(?:recover(?:ed|ing|s)|back to normal|(?:is|are|looks|it's|its) (?:fixed|stable|green|healthy)|errors? (?:are |is )?(?:dropping|gone|down to))\b/i;

/** Long pastes are logs; a person's idea stands at the front. Keeps reading linear in the number of messages. */
const READ = 2_000;

/** Finds the first mention of each remedy and of recovery; the words of one message after the other, in order. */
export function listener() {
  const unheard = new Set(REMEDIES);
  let recovered = false;
  return {
    /** What this message is the first to speak of. */
    hears(text: string, canRecover: boolean): { remedy: string | null; recovery: boolean } {
      const words = text.slice(0, READ);
      const named = [...unheard].filter((one) => one.words.test(words));
      for (const one of named) unheard.delete(one);
      const recovery = canRecover && !recovered && RECOVERY.test(words);
      recovered ||= recovery;
      return { remedy: named[0]?.remedy ?? null, recovery };
    },
  };
}
