import { messageLimits } from '../slack/limits.ts';
import { isJson } from './check.ts';
import { faultsInBlocks, textIn } from './judge.ts';
import { nested, objects, text } from './method.ts';
import { fillBlocks } from './normalise.ts';
import type { Json, Message, World } from './world.ts';
import { Refusal } from './world.ts';

/** What a message says, judged as Slack judges it. Absent means: not given. */
export type Content = {
  text?: string;
  blocks?: Json[];
  attachments?: Json[];
  /** Null clears it. */
  metadata?: Message['metadata'] | null;
};

/** Throws Slack's refusal for content that it would not take. */
export function readContent(world: World, args: Json): Content {
  const markdown = text(args, 'markdown_text');
  const given = text(args, 'text');
  const blocks = readBlocks(world, args);
  if (markdown !== undefined && (given !== undefined || blocks)) throw new Refusal('markdown_text_conflict');
  if (markdown !== undefined && markdown.length > messageLimits.markdownText) throw new Refusal('msg_too_long');
  const said = markdown ?? given;
  const attachments = readAttachments(args);
  const metadata = readMetadata(args);
  return {
    ...(said !== undefined ? { text: said } : {}),
    ...(blocks ? { blocks } : {}),
    ...(attachments ? { attachments } : {}),
    ...(metadata !== undefined ? { metadata } : {}),
  };
}

export function readBlocks(world: World, args: Json): Json[] | undefined {
  const { given, value } = nested(args, 'blocks');
  if (!given) return undefined;
  if (!Array.isArray(value)) throw new Refusal('invalid_blocks_format');
  const faults = faultsInBlocks(value);
  if (faults.length > 0) {
    const messages = faults.map((fault) => `${fault.message} [json-pointer:${fault.pointer}]`);
    throw new Refusal('invalid_blocks', {
      errors: messages,
      response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
    });
  }
  const length = textIn(value);
  if (length > messageLimits.blocksTextFails) throw new Refusal('msg_blocks_too_long');
  if (length > messageLimits.blocksTextBudget) {
    const what = `blocks with ${length} characters: Slack was seen to fail from 11,341`;
    world.journal.record({ kind: 'violation', what });
  }
  return fillBlocks(objects(value));
}

function readAttachments(args: Json): Json[] | undefined {
  const { given, value } = nested(args, 'attachments');
  if (!given) return undefined;
  if (!Array.isArray(value)) throw new Refusal('invalid_attachments');
  if (value.length > messageLimits.attachments) throw new Refusal('too_many_attachments');
  return objects(value);
}

function readMetadata(args: Json): Message['metadata'] | null | undefined {
  const { given, value } = nested(args, 'metadata');
  if (!given) return undefined;
  if (!isJson(value)) throw new Refusal('invalid_metadata_format');
  if (Object.keys(value).length === 0) return null;
  const { event_type, event_payload } = value;
  if (typeof event_type !== 'string' || event_type === '' || !isJson(event_payload)) {
    throw new Refusal('invalid_metadata_format');
  }
  if (!Object.values(event_payload).every((held) => isFlat(held, 1))) throw new Refusal('invalid_metadata_schema');
  if (Buffer.byteLength(JSON.stringify(value)) > messageLimits.metadataBytes) throw new Refusal('metadata_too_large');
  return { event_type, event_payload };
}

/** Scalars, one nested level of objects, or lists of those. */
function isFlat(value: unknown, depth: number): boolean {
  if (['string', 'number', 'boolean'].includes(typeof value)) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((held) => isFlat(held, depth) && !Array.isArray(held));
  return isJson(value) && Object.values(value).every((held) => isFlat(held, depth - 1));
}
