import { nearest } from '../lib/text.ts';

/** One verb of `/incident`: help, README and the manifest's usage hint are all written from this table. */
interface VerbCard {
  readonly also: readonly string[];
  readonly usage: string;
  readonly does: string;
  readonly example: string;
  /** Only shows; changes nothing. */
  readonly reads?: true;
  /** Stands in the hint that Slack shows while `/incident` is being typed. */
  readonly hinted?: true;
}

export const VERBS = {
  declare: {
    also: ['new', 'start', 'open'],
    usage: 'declare [sev] <title>',
    does: 'Declare an incident; without a title a form opens. `drill` or `private` before the severity or a colon makes it one. Its title may end with `since 14:02`, or `from 13:50 to 14:20` for what is over.',
    example: 'declare sev1 checkout is down',
    hinted: true,
  },
  ic: {
    also: ['lead', 'commander'],
    usage: 'ic [@user]',
    does: 'Take command, or give it to someone.',
    example: 'ic',
    hinted: true,
  },
  role: {
    also: ['assign'],
    usage: 'role [role] [@user|none]',
    does: 'Take, give or release a role (ic, ops, comms, scribe); without words a form opens.',
    example: 'role comms @casey',
  },
  roles: { also: ['who'], usage: 'roles', does: 'Who holds which role.', example: 'roles', reads: true },
  handoff: {
    also: ['handover'],
    usage: 'handoff @user',
    does: 'Offer command to someone, with a brief from the record; you hold it until they accept.',
    example: 'handoff @casey',
  },
  task: {
    also: ['do', 'todo'],
    usage: 'task [what] [@who] [15m]',
    does: 'Ask someone to do one thing by a time, and hear how it went; without words a form opens.',
    example: 'task roll back build 812 @casey 15m',
  },
  tasks: { also: ['todos'], usage: 'tasks', does: 'Tasks that are open.', example: 'tasks', reads: true },
  action: {
    also: ['follow-up', 'followup'],
    usage: 'action [what] [@owner] [by <date>]',
    does: 'Note what is to be done after the incident; without words a form opens.',
    example: 'action raise the pool size @casey by friday',
  },
  actions: {
    also: ['follow-ups', 'followups'],
    usage: 'actions [mine|all|overdue]',
    does: "Action items: this incident's, yours, everybody's, the late ones.",
    example: 'actions overdue',
    reads: true,
  },
  update: {
    also: ['post'],
    usage: 'update [text]',
    does: 'Post an update and promise the next one; without text a form opens.',
    example: 'update still investigating, two leads',
    hinted: true,
  },
  severity: {
    also: ['sev'],
    usage: 'severity <sev> [reason]',
    does: 'Change the severity.',
    example: 'severity sev2 failover is holding',
  },
  status: {
    also: ['state'],
    usage: 'status <status> [reason]',
    does: 'Change the status: investigating, identified, mitigated, resolved, closed.',
    example: 'status identified bad deploy',
  },
  mitigated: {
    also: ['mitigate'],
    usage: 'mitigated [how]',
    does: 'Users no longer hurt; the cause may still be open.',
    example: 'mitigated rolled back',
  },
  resolve: {
    also: ['resolved', 'fixed'],
    usage: 'resolve [how]',
    does: 'The cause is fixed and verified; without text a form opens.',
    example: 'resolve rolled back build 812',
    hinted: true,
  },
  reopen: {
    also: [],
    usage: 'reopen [why]',
    does: 'It is back; without a reason a form asks for it.',
    example: 'reopen errors are rising again',
  },
  cancel: {
    also: ['false-alarm'],
    usage: 'cancel [why]',
    does: 'A false alarm: ends reminders and owes no postmortem; without a reason a form asks for it.',
    example: 'cancel the probe was broken',
  },
  edit: {
    also: ['correct'],
    usage: 'edit',
    does: 'Correct title, impact, services and when it started, in a form.',
    example: 'edit',
  },
  title: {
    also: ['rename'],
    usage: 'title [text]',
    does: 'Correct the title; without text a form opens.',
    example: 'title checkout fails for EU cards',
  },
  impact: {
    also: [],
    usage: 'impact [text]',
    does: 'Say what users feel; without text a form opens.',
    example: 'impact 1 in 5 payments fail',
  },
  link: {
    also: ['links'],
    usage: 'link <url> [name]',
    does: 'Add a link to the card.',
    example: 'link https://grafana.example/d/1 latency',
  },
  clock: {
    also: ['when'],
    usage: 'clock [started|detected|mitigated|resolved] [time] [reason]',
    does: 'Correct when it started, was detected, mitigated or resolved; without words a form opens.',
    example: 'clock mitigated 14:05 the graph shows it',
  },
  note: {
    also: ['log', 'jot'],
    usage: 'note <text>',
    does: 'Write something down in the timeline.',
    example: 'note failover to the second region began',
  },
  timeline: {
    also: ['history', 'tl'],
    usage: 'timeline [n|all]',
    does: 'The last key entries, with what corrects them.',
    example: 'timeline 20',
    reads: true,
  },
  summary: {
    also: ['catchup', 'catch-up', 'tldr'],
    usage: 'summary',
    does: 'Where it stands, for who comes late.',
    example: 'summary',
    reads: true,
  },
  cadence: {
    also: ['every'],
    usage: 'cadence <30m|off why>',
    does: 'How often an update is promised.',
    example: 'cadence 30m',
  },
  snooze: {
    also: [],
    usage: 'snooze <10m>',
    does: 'Delay the next reminder; the promise stays.',
    example: 'snooze 10m',
  },
  escalate: {
    also: ['page'],
    usage: 'escalate [to] [why]',
    does: 'Bring in the contacts of the severity, or someone by name.',
    example: 'escalate @erin revenue is stopped',
  },
  postmortem: {
    also: ['draft', 'pm'],
    usage: 'postmortem [edit|owner|due|review|publish|draft]',
    does: 'Draft the postmortem from the record, any time; put it into words, have it reviewed, publish it.',
    example: 'postmortem edit summary',
  },
  list: {
    also: ['ls', 'incidents'],
    usage: 'list [page]',
    does: 'Open incidents, the worst first.',
    example: 'list',
    reads: true,
  },
  show: {
    also: ['view', 'info'],
    usage: 'show [INC-42]',
    does: 'One incident: state, roles, clock.',
    example: 'show INC-42',
    reads: true,
  },
  help: {
    also: ['?', 'h'],
    usage: 'help [verb]',
    does: 'This list, or one verb.',
    example: 'help update',
    reads: true,
    hinted: true,
  },
} as const satisfies Record<string, VerbCard>;

export type Verb = keyof typeof VERBS;

export const cardOf = (verb: Verb): VerbCard => VERBS[verb];
export const verbNames = Object.keys(VERBS) as Verb[];

type Command =
  | { readonly kind: 'bare' }
  | { readonly kind: 'verb'; readonly verb: Verb; readonly rest: string }
  | { readonly kind: 'unknown'; readonly word: string; readonly nearest: Verb | null };

/**
 * What was typed after `/incident`: the verb stands first, free text follows. Smart quotes and no-break spaces happen.
 * An incident alone (`in INC-42`) is shown, as nothing shows that of the channel.
 */
export function parseCommand(text: string): Command {
  const typed = text.replaceAll('\u00a0', ' ').trim();
  const [word = '', ...others] = typed.split(/\s/);
  if (word === '') return { kind: 'bare' };
  const rest = typed.slice(word.length).trim();
  const about = /^(?:in\s+)?(inc[-\s]?\d{1,9})$/i.exec(typed)?.[1];
  if (about) return { kind: 'verb', verb: 'show', rest: about };
  const said = word.toLowerCase();
  const verb = SPELLINGS.get(said);
  if (verb) return { kind: 'verb', verb, rest };
  const near = nearest(said, [...SPELLINGS.keys()]);
  return {
    kind: 'unknown',
    word: others.length > 0 ? word : typed,
    nearest: near ? (SPELLINGS.get(near) ?? null) : null,
  };
}

const SPELLINGS: ReadonlyMap<string, Verb> = new Map(
  verbNames.flatMap((verb) => [[verb, verb] as const, ...cardOf(verb).also.map((also) => [also, verb] as const)]),
);
