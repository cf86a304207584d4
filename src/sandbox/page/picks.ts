import { html } from 'hono/html';
import { isJson } from '../check.ts';
import type { Json } from '../world.ts';
import type { Html } from './html.ts';

/** Lists in which one searches, and of which one may choose several. The script works them. */

export type Item = { readonly value: string; readonly text: string; readonly about: string };

export const many = (
  name: string,
  hint: string,
  items: readonly Item[],
  chosen: readonly string[],
  more: unknown,
): Html =>
  pick(
    name,
    hint || 'Choose one or more',
    items,
    items.filter((item) => chosen.includes(item.value)),
    'many',
    more,
  );

/** The app says what there is while one types. */
export const searched = (name: string, hint: string, chosen: readonly Item[], several: boolean, more: unknown): Html =>
  pick(name, hint || 'Type to search', [], chosen, several ? 'many asked' : 'asked', more);

function pick(
  name: string,
  hint: string,
  items: readonly Item[],
  chosen: readonly Item[],
  how: string,
  more: unknown,
): Html {
  const chips = chosen.map(
    ({ value, text }) =>
      html`<span class="chip"><input type="hidden" name="${name}" value="${value}">${text}<button type="button" aria-label="Remove ${text}">×</button></span>`,
  );
  const options = items.map(
    ({ value, text, about }) =>
      html`<li role="option" data-value="${value}" aria-selected="false"><span>${text}</span><small>${about}</small></li>`,
  );
  return html`<div class="pick" data-pick="${how}" data-name="${name}" data-client>${chips}<input type="text" role="combobox" aria-expanded="false" aria-autocomplete="list" autocomplete="off" placeholder="${hint}" ${more}><ul role="listbox" aria-label="${hint}" tabindex="-1" hidden>${options}</ul></div>`;
}

/** What the app suggested comes back whole: nobody else knows it. */
export const optionValue = ({ text, value, description }: Json): string =>
  JSON.stringify({ text, ...(description !== undefined && { description }), value });

export function optionIn(sent: string): Json | null {
  try {
    const option: unknown = JSON.parse(sent);
    return isJson(option) && isJson(option.text) && typeof option.value === 'string' ? option : null;
  } catch {
    return null;
  }
}
