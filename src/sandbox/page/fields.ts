import { html, raw } from 'hono/html';
import { isJson } from '../check.ts';
import { chosen } from '../choose.ts';
import { optionsOf } from '../judge-elements.ts';
import { objects } from '../method.ts';
import type { Json, World } from '../world.ts';
import { type Html, isHuman } from './html.ts';
import { mrkdwn, plainText, type Reader } from './mrkdwn.ts';
import { type Item, many, optionIn, optionValue, searched } from './picks.ts';

/** What is filled in or chosen: how it is drawn, and how what a browser sends back becomes Slack's state of it. */

/** Block and action of an element, as the name of its field. */
export const nameOf = (block: Json, element: Json): string =>
  [block.block_id, element.action_id].map((id) => encodeURIComponent(String(id))).join('|');

export const textOf = (value: unknown): string => (isJson(value) ? plainText(String(value.text ?? '')) : '');

/** `attributes` come from this folder: ids and aria of the field. */
export function field(reader: Reader, name: string, element: Json, state: Json, attributes: string): Html {
  const { world } = reader;
  const more = raw(attributes);
  const hint = textOf(element.placeholder);
  switch (element.type) {
    case 'plain_text_input':
      return element.multiline === true
        ? html`<textarea name="${name}" rows="4" placeholder="${hint}" ${more}>${held(state.value)}</textarea>`
        : html`<input type="text" name="${name}" value="${held(state.value)}" placeholder="${hint}" autocomplete="off" ${more}>`;
    case 'rich_text_input':
      return html`<textarea name="${name}" rows="4" placeholder="${hint}" ${more}>${wordsIn(state.rich_text_value)}</textarea>`;
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return html`<input type="text" inputmode="${INPUT_MODE[element.type]}" name="${name}" value="${held(state.value)}" placeholder="${hint}" ${more}>`;
    case 'static_select':
      return select(name, hint, groupsOf(element), valueIn(state.selected_option), more);
    case 'external_select':
      return searched(name, hint, objects([state.selected_option]).map(asOption), false, more);
    case 'multi_external_select':
      return searched(name, hint, objects(state.selected_options).map(asOption), true, more);
    case 'radio_buttons':
      return ticks('radio', name, optionsOf(element), [valueIn(state.selected_option)], reader, more);
    case 'checkboxes':
      return ticks('checkbox', name, optionsOf(element), objects(state.selected_options).map(valueIn), reader, more);
    case 'multi_static_select':
      return many(name, hint, optionsOf(element).map(asItem), objects(state.selected_options).map(valueIn), more);
    case 'users_select':
      return select(name, hint || 'Choose a person', [{ items: peopleOf(world) }], held(state.selected_user), more);
    case 'multi_users_select':
      return many(name, hint, peopleOf(world), listed(state.selected_users), more);
    case 'channels_select':
    case 'conversations_select': {
      const chosenOne = held(state.selected_channel ?? state.selected_conversation);
      return select(name, hint || 'Choose a channel', [{ items: channelsFor(reader) }], chosenOne, more);
    }
    case 'multi_channels_select':
    case 'multi_conversations_select': {
      const chosenOnes = listed(state.selected_channels ?? state.selected_conversations);
      return many(name, hint, channelsFor(reader), chosenOnes, more);
    }
    case 'datepicker':
      return html`<input type="date" name="${name}" value="${held(state.selected_date)}" ${more}>`;
    case 'timepicker':
      return html`<input type="time" name="${name}" value="${held(state.selected_time)}" ${more}>`;
    case 'datetimepicker':
      return html`<input type="datetime-local" name="${name}" data-epoch="${held(state.selected_date_time)}" value="${localOf(state.selected_date_time)}" ${more}>`;
    default:
      return html`<em>This page cannot show a ${element.type}.</em>`;
  }
}

const INPUT_MODE = { email_text_input: 'email', url_text_input: 'url', number_input: 'decimal' } as const;

/** The state after somebody sent the field; what is not offered is as if it were left empty. */
export function stateOf(world: World, element: Json, sent: readonly string[]): Json {
  const words = sent.map((value) => value.replaceAll('\r\n', '\n'));
  const [first = ''] = words;
  switch (element.type) {
    case 'static_select':
    case 'radio_buttons':
      return { type: element.type, selected_option: offered(element, [first])[0] ?? null };
    case 'checkboxes':
    case 'multi_static_select':
      return { type: element.type, selected_options: offered(element, words) };
    case 'external_select':
      return { type: element.type, selected_option: optionIn(first) };
    case 'multi_external_select':
      return { type: element.type, selected_options: words.flatMap((word) => optionIn(word) ?? []) };
    case 'datetimepicker':
      return { type: element.type, selected_date_time: secondsOf(first) };
    default:
      return chosen(world, element, words.length > 1 ? words : first === '' ? null : first);
  }
}

export const hasState = (element: Json): boolean =>
  element.type !== 'button' && element.type !== 'overflow' && element.type !== 'image';

const offered = (element: Json, values: readonly string[]): Json[] =>
  optionsOf(element).filter((option) => values.includes(String(option.value)));

/** Seconds as the script sends them; without it what was typed is UTC. */
function secondsOf(typed: string): number | null {
  if (typed === '') return null;
  const at = /^\d+$/.test(typed) ? Number(typed) : Math.floor(Date.parse(`${typed}Z`) / 1_000);
  return Number.isFinite(at) ? at : null;
}

const localOf = (seconds: unknown): string =>
  typeof seconds === 'number' ? new Date(seconds * 1_000).toISOString().slice(0, 16) : '';

const held = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const valueIn = (option: unknown): string => (isJson(option) ? String(option.value) : '');

const asItem = (option: Json): Item => ({
  value: String(option.value),
  text: textOf(option.text),
  about: textOf(option.description),
});

const asOption = (option: Json): Item => ({ value: optionValue(option), text: textOf(option.text), about: '' });

/** What was typed into a rich text, without its dress. */
const wordsIn = (value: unknown): string =>
  isJson(value)
    ? objects(value.elements)
        .flatMap((section) => objects(section.elements).map((one) => String(one.text ?? '')))
        .join('')
    : '';

const peopleOf = (world: World): Item[] =>
  [...world.members.values()].filter(isHuman).map((m) => ({ value: m.id, text: m.realName, about: `@${m.handle}` }));

const channelsFor = ({ world, me }: Reader): Item[] =>
  [...world.channels.values()]
    .filter((c) => c.kind !== 'im' && (c.kind === 'public' || c.members.has(me.id)))
    .map((c) => ({ value: c.id, text: `#${c.name}`, about: c.kind === 'private' ? 'private' : '' }));

type Group = { readonly label?: string; readonly items: readonly Item[] };

const groupsOf = (element: Json): Group[] =>
  Array.isArray(element.option_groups)
    ? objects(element.option_groups).map((group) => ({
        label: textOf(group.label),
        items: objects(group.options).map(asItem),
      }))
    : [{ items: optionsOf(element).map(asItem) }];

function select(name: string, hint: string, groups: readonly Group[], chosenValue: string, more: unknown): Html {
  const optionHtml = ({ value, text, about }: Item) =>
    html`<option value="${value}" ${value === chosenValue ? raw('selected') : ''}><span>${text}</span>${about ? html`<i> · </i><small>${about}</small>` : ''}</option>`;
  const drawn = groups.map(({ label: over, items }) =>
    over === undefined
      ? html`${items.map(optionHtml)}`
      : html`<optgroup label="${over}">${items.map(optionHtml)}</optgroup>`,
  );
  return html`<select name="${name}" ${more}><button type="button"><selectedcontent data-client></selectedcontent></button><option value="">${hint || 'Choose'}</option>${drawn}</select>`;
}

function ticks(
  kind: 'radio' | 'checkbox',
  name: string,
  options: readonly Json[],
  chosenValues: readonly string[],
  reader: Reader,
  more: unknown,
): Html {
  return html`<div class="ticks" role="${kind === 'radio' ? 'radiogroup' : 'group'}" ${more}>${options.map((option) => {
    const on = chosenValues.includes(String(option.value)) ? raw('checked') : '';
    return html`<label><input type="${kind}" name="${name}" value="${option.value}" ${on}><span>${label(option.text, reader)}${
      option.description ? html`<small>${label(option.description, reader)}</small>` : ''
    }</span></label>`;
  })}</div>`;
}

const label = (text: unknown, reader: Reader): Html =>
  isJson(text) && text.type === 'mrkdwn' ? mrkdwn(String(text.text), reader) : html`${textOf(text)}`;
