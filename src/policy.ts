import { z } from 'zod';
import { DAY, HOUR, MINUTE, type Millis } from './lib/duration.ts';
import type { WeeklyHours } from './lib/fields.ts';
import { ok, type Result } from './lib/result.ts';
import { listed } from './lib/text.ts';
import { type Problem, parseYaml, pathText } from './lib/yaml.ts';
import { type Outline, outline, policyFile } from './policy-file.ts';
import type { BlameRule } from './postmortems/blame-rules.ts';
import { builtInTemplates, type OwnTemplates, type Templates, templateOf } from './updates/wording.ts';

/** How this organisation runs incidents: `sitrep.yml` over the built-in defaults. */
export interface Policy {
  /** IANA. */
  readonly timezone: string;
  /** Id or name without `#`. */
  readonly announceChannel: string;
  readonly defaultSeverity: string;
  /** Worst first. */
  readonly severities: readonly Severity[];
  readonly roles: readonly RoleCard[];
  readonly services: readonly Service[];
  readonly bridge: string | null;
  readonly deletedMessages: 'blank' | 'keep';
  /** Show open incidents that may be the same before another is declared. */
  readonly askBeforeDuplicates: boolean;
  /** How long the channel of an ended incident is quiet before people are asked whether to archive it; null: never. */
  readonly archiveAfter: Millis | null;
  readonly access: Access;
  readonly blameless: Blameless;
  /** What is said when an incident is declared, updated, mitigated and resolved. */
  readonly templates: Templates;
}

/** Who may do what. Guests and people of other organisations never may. */
export interface Access {
  /** There is no channel yet whose members could be meant. */
  readonly declare: Exclude<Audience, 'members'>;
  readonly command: Audience;
  readonly resolve: Audience;
  /** Beside those who are in a private incident. */
  readonly seePrivate: Audience;
}

/** Everyone in the workspace, those in the incident's channel, or people and groups written like escalation contacts. */
export type Audience = 'everyone' | 'members' | readonly string[];

/** What is noted beside a postmortem's wording: the built-in rules but those that are off, and words of one's own. */
export interface Blameless {
  readonly off: readonly BlameRule[];
  /** `words`: a phrase, `*` for the rest of a word. */
  readonly add: readonly { readonly words: string; readonly why: string; readonly instead: string }[];
}

export interface Severity {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly criteria: string;
  /** The cadence of updates. */
  readonly updateEvery: Millis;
  readonly acknowledgeWithin: Millis;
  readonly escalate: readonly Escalation[];
  readonly hours: 'always' | OfficeHours;
  readonly postmortem: 'required' | 'optional' | 'none';
  readonly postmortemDueWithin: Millis;
  /** Said in other words at this severity. */
  readonly templates: OwnTemplates;
}

interface Escalation {
  readonly after: Millis;
  readonly unless: 'mitigated' | null;
  /** `@group-handle`, `S…` (user group), `U…` or `W…` (person). */
  readonly to: readonly string[];
}

/** Days (0 is Sunday) and minutes after midnight, in the policy's time zone. */
export type OfficeHours = WeeklyHours;

export interface RoleCard {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Sent privately to whoever takes the role. */
  readonly duties: readonly string[];
}

export interface Service {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly runbook: string | null;
  /** Invited to every incident of this service; written like escalation contacts. */
  readonly invite: readonly string[];
}

const OFFICE: OfficeHours = { days: [1, 2, 3, 4, 5], opens: 9 * 60, closes: 18 * 60 };

export const defaultPolicy: Policy = {
  timezone: 'UTC',
  announceChannel: 'incidents',
  defaultSeverity: 'SEV3',
  severities: [
    {
      id: 'SEV1',
      aliases: ['P0', 'critical'],
      criteria: 'Core journey down, data loss suspected, security breach, revenue stopped',
      updateEvery: 15 * MINUTE,
      acknowledgeWithin: 5 * MINUTE,
      escalate: [{ after: 30 * MINUTE, unless: 'mitigated', to: [] }],
      hours: 'always',
      postmortem: 'required',
      postmortemDueWithin: 48 * HOUR,
      templates: {},
    },
    {
      id: 'SEV2',
      aliases: ['P1', 'high'],
      criteria: 'Journey degraded for many, a region down with failover holding, major feature broken',
      updateEvery: 30 * MINUTE,
      acknowledgeWithin: 15 * MINUTE,
      escalate: [{ after: HOUR, unless: 'mitigated', to: [] }],
      hours: 'always',
      postmortem: 'required',
      postmortemDueWithin: 48 * HOUR,
      templates: {},
    },
    {
      id: 'SEV3',
      aliases: ['P2', 'medium'],
      criteria: 'Minor degradation with a workaround, a single tenant, redundancy lost',
      updateEvery: HOUR,
      acknowledgeWithin: HOUR,
      escalate: [],
      hours: OFFICE,
      postmortem: 'optional',
      postmortemDueWithin: 48 * HOUR,
      templates: {},
    },
    {
      id: 'SEV4',
      aliases: ['P3', 'low'],
      criteria: 'Cosmetic, internal only',
      updateEvery: DAY,
      acknowledgeWithin: 4 * HOUR,
      escalate: [],
      hours: OFFICE,
      postmortem: 'none',
      postmortemDueWithin: 48 * HOUR,
      templates: {},
    },
  ],
  roles: [
    {
      id: 'ic',
      name: 'Incident Commander',
      description: 'Coordinates and decides, never debugs',
      duties: [
        'Size the impact, set the severity, see that every role has a name on it.',
        'Mitigate first: roll back, flip the switch, fail over. The cause can wait.',
        'Decide. Ask for objections, not for permission.',
        'Keep the promise of the next update, even with nothing new to say.',
        'Hand over formally when you are tired: state, tried, pending.',
      ],
    },
    {
      id: 'ops',
      name: 'Ops lead',
      description: 'Digs, and is the only one who changes production',
      duties: [
        'Ask first what changed in the last hour.',
        'Say in the channel what you are about to do before you do it.',
        'Beware of the second incident: restarts, cache flushes and failovers in haste.',
        'Report findings to the Incident Commander, who decides.',
      ],
    },
    {
      id: 'comms',
      name: 'Comms lead',
      description: 'Keeps people informed, inside and outside',
      duties: [
        'Post the update before it is due: `/incident update`.',
        'For customers: what they feel, what is being done, when the next word comes. No causes, no jargon.',
        'Answer questions so that the responders need not.',
      ],
    },
    {
      id: 'scribe',
      name: 'Scribe',
      description: 'Marks what matters; Sitrep records the rest',
      duties: [
        'Mark key messages with :pushpin:, they become the timeline of the postmortem.',
        'Write what was said in calls into the channel; "Add to timeline" in the menu of a message marks it too.',
        'Write follow-ups down as they come up and mark them.',
      ],
    },
  ],
  services: [],
  bridge: null,
  deletedMessages: 'blank',
  askBeforeDuplicates: true,
  archiveAfter: null,
  access: { declare: 'everyone', command: 'everyone', resolve: 'everyone', seePrivate: 'members' },
  blameless: { off: [], add: [] },
  templates: builtInTemplates,
};

export const severityOf = (policy: Pick<Policy, 'severities' | 'defaultSeverity'>, id: string): Severity => {
  const severity = policy.severities.find((s) => s.id === id);
  // An incident may outlive its severity's entry in the file: the default's rules then apply to it.
  const rules = severity ?? policy.severities.find((s) => s.id === policy.defaultSeverity);
  if (!rules)
    throw new Error(`no severity ${id} in the policy, and its default ${policy.defaultSeverity} is missing too`);
  return severity ?? { ...rules, id, aliases: [] };
};

/** By id or alias, in any case; null when the word names none. */
export function findSeverity(policy: Policy, word: string): Severity | null {
  const typed = word.trim().toLowerCase();
  return policy.severities.find((s) => [s.id, ...s.aliases].some((name) => name.toLowerCase() === typed)) ?? null;
}

/**
 * The file laid over the defaults; the no lists every problem. Entries of `severities` and `roles` change the built-in
 * of the same id; a list which names an id of its own is the whole list, in its order.
 */
export function parsePolicy(yamlText: string, fileName: string): Result<Policy, readonly string[]> {
  const read = parseYaml(yamlText, fileName, policyFile(), contradictions);
  if (!read.ok) return read;
  const written = read.value;
  const policy: Policy = {
    timezone: written.timezone ?? defaultPolicy.timezone,
    announceChannel: written.announceChannel ?? defaultPolicy.announceChannel,
    defaultSeverity: written.defaultSeverity ?? defaultPolicy.defaultSeverity,
    severities: overlay(defaultPolicy.severities, written.severities ?? [], freshSeverity),
    roles: overlay(defaultPolicy.roles, written.roles ?? [], freshRole),
    services: (written.services ?? []).map((s) => ({
      id: s.id,
      name: s.name ?? s.id,
      owner: s.owner ?? null,
      runbook: s.runbook ?? null,
      invite: s.invite ?? [],
    })),
    bridge: written.bridge ?? null,
    deletedMessages: written.deletedMessages ?? defaultPolicy.deletedMessages,
    askBeforeDuplicates: written.askBeforeDuplicates ?? defaultPolicy.askBeforeDuplicates,
    archiveAfter: written.archiveAfter ?? defaultPolicy.archiveAfter,
    templates: templatesOver(written.templates ?? {}),
    access: {
      declare: written.access?.declare ?? defaultPolicy.access.declare,
      command: written.access?.command ?? defaultPolicy.access.command,
      resolve: written.access?.resolve ?? defaultPolicy.access.resolve,
      seePrivate: written.access?.seePrivate ?? defaultPolicy.access.seePrivate,
    },
    blameless: { off: written.blameless?.off ?? [], add: written.blameless?.add ?? [] },
  };
  return ok({ ...policy, defaultSeverity: findSeverity(policy, policy.defaultSeverity)?.id ?? policy.defaultSeverity });
}

/** Whatever is not written stays as it is built in. */
function templatesOver(templates: OwnTemplates): Templates {
  const own = { templates: builtInTemplates, severities: [{ id: 'own', templates }] };
  const both = (moment: keyof Templates) => ({
    internal: templateOf(own, 'own', moment, 'internal'),
    audience: templateOf(own, 'own', moment, 'audience'),
  });
  return {
    declaration: both('declaration'),
    update: both('update'),
    mitigation: both('mitigation'),
    resolution: both('resolution'),
  };
}

/** JSON Schema of the file, for editors. */
export function policySchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(policyFile(), { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Sitrep policy (sitrep.yml)' };
}

/** What a single field cannot know: the whole list, or another key. */
function contradictions(raw: unknown): Problem[] {
  const read = outline(raw);
  const severities = overlay(defaultPolicy.severities, read.severities, freshSeverity);
  const ids = listed(severities.map((s) => s.id));
  const chosen = read.defaultSeverity ?? defaultPolicy.defaultSeverity;
  const problems = [
    ...twice(namesOf(read.severities, severities), 'every id and alias names one severity'),
    ...twice(idsOf('roles', read.roles), 'every role has its own id'),
    ...twice(idsOf('services', read.services), 'every service has its own id'),
  ];
  if (!findSeverity({ ...defaultPolicy, severities }, chosen)) {
    const is = read.defaultSeverity === null ? `is missing and would be ${chosen}` : `is "${chosen}"`;
    problems.push({ path: ['defaultSeverity'], says: `defaultSeverity ${is}: write one of ${ids}.` });
  }
  if (!overlay(defaultPolicy.roles, read.roles, freshRole).some((role) => role.id === 'ic')) {
    const why = 'an incident cannot be run without an Incident Commander';
    problems.push({ path: ['roles'], says: `roles has no entry with id ic: ${why}, add "- id: ic".` });
  }
  return problems;
}

interface Name {
  readonly name: string;
  readonly path: readonly PropertyKey[];
  /** Where it stands, when that is not in the file. */
  readonly builtIn?: string;
}

/** Built-in names that stay first, so that what is reported as a repetition stands in the file. */
function namesOf(written: Outline['severities'], all: readonly Severity[]): Name[] {
  const stay = all.flatMap((severity): Name[] => {
    const own = written.find(sameId(severity.id));
    const names = [...(own ? [] : [severity.id]), ...(own?.aliases ? [] : severity.aliases)];
    return names.map((name) => ({ name, path: [], builtIn: `the built-in ${severity.id}` }));
  });
  const stand = written.flatMap(({ id, aliases, at }): Name[] => [
    { name: id, path: ['severities', at, 'id'] },
    ...(aliases ?? []).map((name, a) => ({ name, path: ['severities', at, 'aliases', a] })),
  ]);
  return [...stay, ...stand];
}

const idsOf = (key: string, entries: Outline['roles']): Name[] =>
  entries.map(({ id, at }) => ({ name: id, path: [key, at, 'id'] }));

function twice(names: readonly Name[], rule: string): Problem[] {
  const first = new Map<string, Name>();
  return names.flatMap((one) => {
    const before = first.get(one.name.toLowerCase());
    if (!before) first.set(one.name.toLowerCase(), one);
    const where = before?.builtIn ?? pathText(before?.path ?? []);
    const says = `${pathText(one.path)} is "${one.name}", a name ${where} has already: ${rule}.`;
    return before ? [{ path: one.path, says }] : [];
  });
}

type Written<T> = { [K in keyof T]?: T[K] | null | undefined } & { id: string };

function overlay<T extends { id: string }>(
  builtIn: readonly T[],
  written: readonly Written<T>[],
  fresh: (id: string) => T,
): T[] {
  const merged = (base: T, over: Written<T>): T => ({
    ...base,
    ...Object.fromEntries(Object.entries(over).filter(([key, value]) => key !== 'id' && value != null)),
  });
  const whole = written.some(({ id }) => !builtIn.some(sameId(id)));
  const counted = new Set(written.map(({ id }) => id.toLowerCase()));
  // The same id twice is left to be reported, so it must survive as two entries.
  if (whole || counted.size < written.length) {
    return written.map((over) => merged(builtIn.find(sameId(over.id)) ?? fresh(over.id), over));
  }
  return builtIn.map((base) => merged(base, written.find(sameId(base.id)) ?? ({ id: base.id } as Written<T>)));
}

const sameId = (id: string) => (one: { readonly id: string }) => one.id.toLowerCase() === id.toLowerCase();

const freshSeverity = (id: string): Severity => ({ ...severityOf(defaultPolicy, 'SEV3'), id, aliases: [] });

const freshRole = (id: string): RoleCard => ({ id, name: id, description: '', duties: [] });
