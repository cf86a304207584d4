import { html, raw } from 'hono/html';
import { isJson } from '../check.ts';
import { optionsOf } from '../judge-elements.ts';
import type { Json } from '../world.ts';
import { field, nameOf, textOf } from './fields.ts';
import { type Html, hidden, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { act, type Look } from './look.ts';

/** Where an element stands. In a view all of them are part of one form; in a message each is a form of its own. */
export type Place =
  | {
      readonly kind: 'message';
      readonly channel: string;
      readonly ts: string;
      readonly choices: Record<string, Record<string, Json>>;
    }
  | { readonly kind: 'view'; readonly form: string; readonly values: Record<string, Record<string, Json>> };

/** Buttons, menus and selects, at work. */
export function element(look: Look, place: Place, block: Json, held: Json): Html {
  const name = nameOf(block, held);
  if (held.type === 'button') return button(look, place, name, held);
  if (held.type === 'overflow') return overflow(look, place, name, held);
  if (held.type === 'image') return html`<span class="image">${textOf({ text: held.alt_text })}</span>`;
  const values = place.kind === 'view' ? place.values : place.choices;
  const state = values[String(block.block_id)]?.[String(held.action_id)] ?? initial(held);
  const label = textOf(held.placeholder) || textOf(block.text) || 'Choose';
  const attributes = `aria-label="${attribute(label)}" data-press="${attribute(name)}"`;
  const drawn = field(look, place.kind === 'view' ? name : 'value', held, state, attributes);
  if (place.kind === 'view') return drawn;
  return html`<form method="post" action="${act(look, 'press')}" class="element" data-at-once>${hidden({
    ...whereOf(look, place),
    press: name,
  })}${drawn}<noscript><button>Choose</button></noscript></form>`;
}

function button(look: Look, place: Place, name: string, held: Json): Html {
  const style = held.style === 'primary' || held.style === 'danger' ? held.style : '';
  const label = textOf(held.text);
  const spoken =
    typeof held.accessibility_label === 'string' ? `aria-label="${attribute(held.accessibility_label)}"` : '';
  const link = typeof held.url === 'string' && /^https?:\/\//i.test(held.url) ? held.url : null;
  if (link)
    return html`<a class="button ${style}" href="${link}" target="_blank" rel="noopener noreferrer">${label}</a>`;
  return pressing(
    look,
    place,
    html`<button class="button ${style}" name="press" value="${name}" ${raw(spoken)} ${formOf(look, place)}>${label}</button>`,
  );
}

function overflow(look: Look, place: Place, name: string, held: Json): Html {
  const items = optionsOf(held).map(
    (option) =>
      html`<button name="press" value="${name}|${encodeURIComponent(String(option.value))}" ${formOf(look, place)}>${textOf(option.text)}</button>`,
  );
  return html`<details class="menu"><summary class="button" aria-label="More">${icon('dots')}</summary><div class="items">${pressing(look, place, html`${items}`)}</div></details>`;
}

const pressing = (look: Look, place: Place, buttons: Html): Html =>
  place.kind === 'view'
    ? buttons
    : html`<form method="post" action="${act(look, 'press')}" class="element">${hidden(whereOf(look, place))}${buttons}</form>`;

const formOf = (look: Look, place: Place) =>
  place.kind === 'view'
    ? raw(`type="submit" form="${attribute(place.form)}" formnovalidate formaction="${attribute(act(look, 'press'))}"`)
    : NOTHING;

const whereOf = (look: Look, place: Extract<Place, { kind: 'message' }>) => ({
  back: look.here,
  in: place.channel,
  ts: place.ts,
});

/** What a select of a message shows before this person touched it. */
function initial(held: Json): Json {
  return {
    selected_option: held.initial_option,
    selected_options: held.initial_options,
    selected_user: held.initial_user,
    selected_users: held.initial_users,
    selected_channel: held.initial_channel,
    selected_conversation: held.initial_conversation,
    selected_date: held.initial_date,
    selected_time: held.initial_time,
    selected_date_time: held.initial_date_time,
  };
}

/** Of the ids of blocks and the words of placeholders, as a quoted attribute. */
export const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The dialog of an element that asks first. */
export const confirmOf = (held: Json): Json | null => (isJson(held.confirm) ? held.confirm : null);
