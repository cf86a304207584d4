import { z } from 'zod';
import { DAY, SECOND } from './lib/duration.ts';
import { duration, hours, isTimezone, link, text } from './lib/fields.ts';
import { listed } from './lib/text.ts';
import { blameRules } from './postmortems/blame-rules.ts';
import { PLACEHOLDERS, unknownPlaceholders } from './updates/wording.ts';

/** The shape of sitrep.yml. A function, because a schema built at import would make every start pay for it, tests included. */
export function policyFile() {
  const said = templates();
  return z.strictObject({
    timezone: text(
      'an IANA time zone like Europe/London',
      isTimezone,
      'Office hours and channel names follow it.',
    ).nullish(),
    announceChannel: z
      .string()
      .transform((name) => name.replace(/^#/, ''))
      .refine(
        (name) => /^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u.test(name) || /^[CG][A-Z0-9]{6,}$/.test(name),
        'write a channel id like C012AB3CD or a channel name: lower case letters, digits, - and _, at most 80',
      )
      .meta({ description: 'Id or name; created or joined when missing.' })
      .nullish(),
    defaultSeverity: z.string().meta({ description: 'Used when nobody named one.' }).nullish(),
    severities: z.array(severity(said)).min(1).max(10).meta({ description: 'Worst first.' }).nullish(),
    roles: z.array(role()).min(1).max(40).nullish(),
    services: z.array(service()).max(500).nullish(),
    bridge: link('Call link on the card and as a bookmark.').nullish(),
    deletedMessages: z
      .enum(['blank', 'keep'])
      .meta({ description: "What becomes of a message's text in the record when it is deleted in Slack." })
      .nullish(),
    askBeforeDuplicates: z
      .boolean()
      .meta({ description: 'Whether open incidents that may be the same are shown before another is declared.' })
      .nullish(),
    archiveAfter: archiveAfter().nullish(),
    templates: said.nullish(),
    access: access().nullish(),
    blameless: blameless().nullish(),
  });
}

const severity = (said: ReturnType<typeof templates>) =>
  z.strictObject({
    id: text('a word like SEV1, at most 20 characters', (s) => /^[A-Za-z][\w-]{0,19}$/.test(s)),
    aliases: z
      .array(text('one word, at most 20 characters', (s) => /^[\p{L}\p{N}_-]{1,20}$/u.test(s)))
      .max(10)
      .nullish(),
    criteria: z.string().min(1).max(300).nullish(),
    updateEvery: duration(10 * SECOND, 7 * DAY, 'How often people are promised an update.').nullish(),
    acknowledgeWithin: duration(
      SECOND,
      7 * DAY,
      'Without an Incident Commander for this long the bot asks again.',
    ).nullish(),
    escalate: z
      .array(
        z.strictObject({
          after: duration(SECOND, 7 * DAY),
          unless: z
            .enum(['mitigated'])
            .nullish()
            .transform((value) => value ?? null),
          to: contacts(),
        }),
      )
      .max(10)
      .nullish(),
    hours: hours().nullish(),
    postmortem: z.enum(['required', 'optional', 'none']).nullish(),
    postmortemDueWithin: duration(SECOND, 90 * DAY).nullish(),
    templates: said.nullish(),
  });

const role = () =>
  z.strictObject({
    id: text('a lower-case word like ic, at most 20 characters', (s) => /^[a-z][a-z0-9_-]{0,19}$/.test(s)),
    name: z.string().min(1).max(40).nullish(),
    description: z.string().max(150).nullish(),
    duties: z.array(z.string().min(1).max(500)).max(20).nullish(),
  });

const service = () =>
  z.strictObject({
    id: text('a lower-case word like checkout, at most 40 characters', (s) => /^[a-z0-9][a-z0-9_-]{0,39}$/.test(s)),
    name: z.string().min(1).max(75).nullish(),
    owner: z.string().min(1).max(80).nullish(),
    runbook: link().nullish(),
    invite: contacts().nullish(),
  });

/** Made once for every place it stands in: a schema is costly to build. */
function templates() {
  const words = template().nullish();
  const both = z.strictObject({ internal: words, audience: words }).nullish();
  return z.strictObject({ declaration: both, update: both, mitigation: both, resolution: both }).meta({
    description: 'What is said, to those who work on it and to the audience; of a severity, in its own words.',
  });
}

const template = () =>
  z
    .string()
    .min(1)
    .max(1_000)
    .superRefine((text, context) => {
      const unknown = unknownPlaceholders(text);
      const known = PLACEHOLDERS.map((name) => `{${name}}`);
      if (unknown.length > 0)
        context.addIssue({ code: 'custom', message: `${listed(unknown)} stands for nothing, write ${listed(known)}` });
    })
    .meta({ description: `Plain text; ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')} are filled in.` });

const archiveAfter = () =>
  z
    .union([z.literal('off'), duration(DAY, 365 * DAY)], {
      error: 'write off, or a length of time like 7d, from 1 d to 365 d',
    })
    .transform((value) => (value === 'off' ? null : value))
    .meta({
      description: "How long an ended incident's channel is quiet before people are asked whether to archive it.",
    });

const access = () => {
  const people = 'a list of @user-groups, group ids like S012345 and user ids like U012345';
  const everyone = z.literal('everyone');
  const members = z.enum(['everyone', 'members']);
  const listed = contacts().min(1);
  const error = `write everyone, members, or ${people}`;
  return z
    .strictObject({
      declare: z.union([everyone, listed], { error: `write everyone, or ${people}` }).nullish(),
      command: z.union([members, listed], { error }).nullish(),
      resolve: z.union([members, listed], { error }).meta({ description: 'Resolve, close and cancel.' }).nullish(),
      seePrivate: z
        .union([members, listed], { error })
        .meta({ description: 'Who sees private incidents beside those who are in them.' })
        .nullish(),
    })
    .meta({
      description:
        "Who may: everyone in the workspace, members of the incident's channel, or those listed. Guests never.",
    });
};

const blameless = () =>
  z.strictObject({
    off: z.array(z.enum(blameRules)).meta({ description: 'Built-in rules that are not to be noted.' }).nullish(),
    add: z
      .array(
        z.strictObject({
          words: text(
            'a phrase of at least three letters, * for the rest of a word, like finger trouble*',
            (words) => /\p{L}.*\p{L}.*\p{L}/su.test(words) && words.length <= 100,
          ),
          why: z.string().min(1).max(200),
          instead: z.string().min(1).max(200),
        }),
      )
      .max(100)
      .meta({ description: 'Words to be noted as well, each with the reason and a better wording.' })
      .nullish(),
  });

const contacts = () =>
  z
    .array(
      text('@a-user-group, a user id like U012345 or a group id like S012345', (s) =>
        /^(@[\p{L}\p{N}._-]{1,80}|[UWS][A-Z0-9]{4,})$/u.test(s),
      ),
    )
    .max(50);

/** Names and nothing else, of a file which may be faulty elsewhere: what must agree across entries is checked all the same. */
export function outline(raw: unknown): Outline {
  const list = <T extends z.ZodObject>(entry: T) =>
    z
      .array(entry.nullable().catch(null))
      .catch([])
      .transform((all) => all.flatMap((one, at) => (one === null ? [] : [{ ...one, at }])));
  const named = z.object({ id: z.string() });
  const words = z.array(z.string()).nullable().catch(null).default(null);
  return z
    .object({
      defaultSeverity: z.string().nullable().catch(null).default(null),
      severities: list(named.extend({ aliases: words })),
      roles: list(named),
      services: list(named),
    })
    .catch({ defaultSeverity: null, severities: [], roles: [], services: [] })
    .parse(raw);
}

export interface Outline {
  readonly defaultSeverity: string | null;
  readonly severities: readonly (Entry & { readonly aliases: readonly string[] | null })[];
  readonly roles: readonly Entry[];
  readonly services: readonly Entry[];
}

interface Entry {
  readonly id: string;
  /** Its place in the file's list. */
  readonly at: number;
}
