import type { IncomingMessage } from 'node:http';
import { isJson } from './check.ts';
import type { Json } from './world.ts';

/** The body was not what Slack accepts; the message is its error name. */
export class BadBody extends Error {}

/** Arguments from a form, a JSON body, multipart, or the query of a GET. A token in a JSON body or a query is ignored. */
export async function readArgs(request: IncomingMessage): Promise<Json> {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
  const { token: _, ...fromQuery } = query;
  const raw = await readBody(request);
  if (raw.byteLength === 0) return fromQuery;
  return { ...fromQuery, ...(await parseBody(raw, request.headers['content-type'] ?? '')) };
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function parseBody(raw: Buffer, type: string): Promise<Json> {
  if (type === '') throw new BadBody('missing_post_type');
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(raw.toString()));
  }
  if (type.startsWith('application/json')) {
    const { token: _, ...args } = parseJson(raw.toString());
    return args;
  }
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
    return Object.fromEntries(form);
  }
  throw new BadBody('invalid_post_type');
}

function parseJson(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadBody('invalid_json');
  }
  if (!isJson(value)) throw new BadBody('json_not_object');
  return value;
}
