import { isJson } from './check.ts';
import { elementsOf } from './judge.ts';
import type { Json } from './world.ts';

/** What Slack fills in when it takes blocks: ids that were left out, `emoji` and `verbatim`. */
export function fillBlocks(blocks: readonly Json[]): Json[] {
  return structuredClone(blocks).map((block, i) => {
    const filled = fillTexts({ ...block, block_id: block.block_id ?? `b${i}` });
    for (const [j, element] of elementsOf(filled).entries()) {
      if (element.type !== 'image') element.action_id ??= `a${i}.${j}`;
    }
    return filled;
  });
}

function fillTexts<T>(value: T): T {
  if (Array.isArray(value)) return value.map(fillTexts) as T;
  if (!isJson(value)) return value;
  const filled: Json = Object.fromEntries(Object.entries(value).map(([name, held]) => [name, fillTexts(held)]));
  if (typeof filled.text === 'string' && filled.type === 'plain_text') filled.emoji ??= true;
  if (typeof filled.text === 'string' && filled.type === 'mrkdwn') filled.verbatim ??= false;
  return filled as T;
}
