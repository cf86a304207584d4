import { isJson } from './check.ts';
import { optionsOf } from './judge-elements.ts';
import type { Json, World } from './world.ts';

/** What people type or pick, as tests say it: option texts, handles, channel names, dates. */
export type Wish = string | number | boolean | Date | null | readonly string[];

/** The state of an element after somebody chose. Throws when it offers no such thing. */
export function chosen(world: World, element: Json, wish: Wish, offered: Json[] = optionsOf(element)): Json {
  const type = String(element.type);
  return { type, ...valueFor(world, type, wish, offered) };
}

function valueFor(world: World, type: string, wish: Wish, offered: Json[]): Json {
  const words = asWords(wish);
  const first = words[0];
  switch (type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return { value: first === undefined || first === '' ? null : first };
    case 'rich_text_input':
      return { rich_text_value: first ? { type: 'rich_text', elements: [sectionOf(first)] } : null };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { selected_option: first === undefined ? null : pick(offered, first) };
    case 'checkboxes':
      if (typeof wish === 'boolean') return { selected_options: wish ? [...offered] : [] };
      return { selected_options: words.map((word) => pick(offered, word)) };
    case 'multi_static_select':
    case 'multi_external_select':
      return { selected_options: words.map((word) => pick(offered, word)) };
    case 'users_select':
      return { selected_user: first === undefined ? null : userId(world, first) };
    case 'multi_users_select':
      return { selected_users: words.map((word) => userId(world, word)) };
    case 'conversations_select':
      return { selected_conversation: first === undefined ? null : channelId(world, first) };
    case 'multi_conversations_select':
      return { selected_conversations: words.map((word) => channelId(world, word)) };
    case 'channels_select':
      return { selected_channel: first === undefined ? null : channelId(world, first) };
    case 'multi_channels_select':
      return { selected_channels: words.map((word) => channelId(world, word)) };
    case 'datepicker':
      return { selected_date: wish instanceof Date ? wish.toISOString().slice(0, 10) : (first ?? null) };
    case 'timepicker':
      return { selected_time: wish instanceof Date ? wish.toISOString().slice(11, 16) : (first ?? null) };
    case 'datetimepicker':
      return { selected_date_time: asSeconds(wish) };
    default:
      throw new Error(`The sandbox cannot fill a ${type}`);
  }
}

function asWords(wish: Wish): string[] {
  if (wish === null) return [];
  if (wish instanceof Date) return [wish.toISOString()];
  return Array.isArray(wish) ? wish.map(String) : [String(wish)];
}

function asSeconds(wish: Wish): number | null {
  if (wish === null) return null;
  return wish instanceof Date ? Math.floor(wish.getTime() / 1_000) : Number(wish);
}

const sectionOf = (text: string): Json => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });

const textOf = (option: Json): string => (isJson(option.text) ? String(option.text.text) : '');

/** By its whole text or value; else by the one text that begins so. */
function pick(offered: Json[], word: string): Json {
  const exact = offered.find((option) => textOf(option) === word || option.value === word);
  const begun = offered.filter((option) => textOf(option).startsWith(word));
  const found = exact ?? (begun.length === 1 ? begun[0] : undefined);
  if (!found) throw new Error(`No option "${word}" among: ${offered.map(textOf).join(', ')}`);
  return found;
}

export function userId(world: World, name: string): string {
  const wanted = name.replace(/^@/, '');
  const found = world.members.get(wanted) ?? [...world.members.values()].find((m) => m.handle === wanted);
  if (!found) throw new Error(`Nobody is called ${name}`);
  return found.id;
}

export function channelId(world: World, name: string): string {
  const wanted = name.replace(/^#/, '');
  const found = world.channels.get(wanted) ?? [...world.channels.values()].find((c) => c.name === wanted);
  if (!found) throw new Error(`No channel is called ${name}`);
  return found.id;
}
