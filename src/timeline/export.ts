import { plainOf } from '../slack/mrkdwn.ts';
import { isFromSlack } from './entry.ts';
import { inert, quoted } from './markdown.ts';
import type { Clock, IncidentRecord, RecordedEntry, RecordedUpdate } from './record.ts';

/** `sitrep export --format md`: everything held on an incident, for people. Foreign text stands in it as text only. */
export function exportMarkdown(record: IncidentRecord): string {
  const parts = [
    headOf(record),
    section('What users felt', record.incident.impact && quoted(record.incident.impact)),
    section('Summary', record.incident.summary && quoted(record.incident.summary)),
    section('What fixed it', record.incident.resolution && quoted(record.incident.resolution)),
    section('Clock', clockOf(record.clock)),
    section('Roles', bullets(record.roles.map(roleOf))),
    section('Links', bullets(record.incident.links.map((link) => `${inert(link.name)}: ${inert(link.url)}`))),
    section('Updates', record.updates.map(updateOf).join('\n\n')),
    section('Timeline', record.timeline.map(entryOf).join('\n\n')),
    section('Action items', bullets(record.actionItems.map(actionOf))),
    section('Postmortem', record.postmortem && postmortemOf(record.postmortem)),
    section('Audit', bullets(record.audit.map(auditOf))),
  ];
  return `${parts.filter((part) => part !== null).join('\n\n')}\n`;
}

const section = (title: string, body: string | null): string | null => (body ? `## ${title}\n\n${body}` : null);
const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');
const facts = (pairs: readonly (readonly [string, string | null])[]): string =>
  bullets(pairs.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])));

function headOf({ incident }: IncidentRecord): string {
  const lines = facts([
    ['Severity', inert(incident.severity)],
    ['Status', incident.status],
    ['Visibility', incident.visibility],
    ['Kind', incident.kind],
    ['Services', incident.services.map(inert).join(', ')],
    ['Declared by', inert(incident.declaredBy)],
    ['Channel', inert(`#${incident.channel.name}${incident.channel.id ? ` (${incident.channel.id})` : ''}`)],
  ]);
  return `# ${incident.ref}: ${inert(incident.title)}\n\nTimes are UTC.\n\n${lines}`;
}

const clockOf = (clock: Clock): string =>
  facts([
    ['Impact started', clock.impactStartedAt && when(clock.impactStartedAt)],
    ['Detected', clock.detectedAt && when(clock.detectedAt)],
    ['Declared', when(clock.declaredAt)],
    ['Acknowledged', clock.acknowledgedAt && when(clock.acknowledgedAt)],
    ['Mitigated', clock.mitigatedAt && when(clock.mitigatedAt)],
    ['Resolved', clock.resolvedAt && when(clock.resolvedAt)],
    ['Closed', clock.closedAt && when(clock.closedAt)],
  ]);

const roleOf = (held: IncidentRecord['roles'][number]): string =>
  `${inert(held.role)}: ${inert(held.user)}, ${when(held.from)} – ${held.to ? when(held.to) : 'now'}`;

function updateOf(update: RecordedUpdate): string {
  const said = [`${inert(update.severity)}, ${update.status}`, ...promiseOf(update)].join('; ');
  const audience = update.audienceText ? `\n>\n> For customers:\n>\n${quoted(update.audienceText)}` : '';
  return `**${when(update.postedAt)}** ${inert(update.author)} (${said})\n\n${quoted(update.text)}${audience}`;
}

function promiseOf(update: RecordedUpdate): string[] {
  const next = update.nextPromiseAt ? [`next promised for ${when(update.nextPromiseAt)}`] : [];
  if (update.promisedAt === null) return next;
  const late = update.lateBySeconds === null ? '' : ` by ${update.lateBySeconds} s`;
  const kept = update.kept ? 'kept' : `late${late}`;
  return [`promised for ${when(update.promisedAt)}, ${kept}`, ...next];
}

function entryOf(entry: RecordedEntry): string {
  const head = [
    `**${when(entry.occurredAt)}**`,
    entry.kind.replaceAll('_', ' '),
    entry.actor ? inert(entry.actor) : '',
    entry.threadTs && entry.threadTs !== entry.ts ? '(in a thread)' : '',
    entry.key ? '(key)' : '',
    entry.correctedAt ? `(time corrected to ${when(entry.correctedAt)})` : '',
    entry.struck ? struckOf(entry.struck) : '',
    entry.recovered ? '(found in history)' : '',
    entry.permalink ? `[in Slack](${entry.permalink})` : '',
  ];
  const body = entry.payload.blanked ? '> *deleted*' : entry.text && quoted(wordsOf(entry));
  const files = filesOf(entry.payload.files);
  return [head.filter(Boolean).join(' '), body, files].filter(Boolean).join('\n\n');
}

const struckOf = ({ by, why }: NonNullable<RecordedEntry['struck']>): string =>
  `(struck out${by ? ` by ${inert(by)}` : ''}${why ? `: ${inert(why)}` : ''})`;

/** Messages are kept as Slack sent them; what the bot wrote down is plain text. */
const wordsOf = ({ kind, text }: RecordedEntry): string => (isFromSlack(kind) ? plainOf(text ?? '') : (text ?? ''));

const filesOf = (files: unknown): string =>
  Array.isArray(files) ? bullets(files.map((file) => `file: ${inert(String(file?.name ?? file?.id))}`)) : '';

const actionOf = (item: IncidentRecord['actionItems'][number]): string =>
  [
    `${inert(item.what)} (${inert(item.status)}`,
    item.owner ? `, ${inert(item.owner)}` : '',
    item.due ? `, by ${item.due}` : '',
    item.type ? `, ${item.type}` : '',
    item.ticket ? `, ${inert(item.ticket)}` : '',
    item.reason ? `, because ${inert(item.reason)}` : '',
    ')',
  ].join('');

/** Our own draft, in which foreign text is inert already; its headings go below ours. */
const postmortemOf = (postmortem: { status: string; markdown: string }): string =>
  `Status: ${postmortem.status}\n\n${postmortem.markdown.replaceAll(/^(#{1,4}) /gm, '##$1 ')}`;

const auditOf = (row: IncidentRecord['audit'][number]): string =>
  `${when(row.at)} ${inert(row.actor)}: ${inert(row.what)} ${inert(JSON.stringify(row.detail))}`;

/** `2026-11-20T03:04:05.678Z` → `2026-11-20 03:04:05` */
const when = (instant: string): string => instant.slice(0, 19).replace('T', ' ');
