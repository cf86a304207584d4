import type { Message } from '../jobs/job.ts';
import { shorten } from '../lib/text.ts';
import type { View } from './api.ts';
import { blockLimits, elementLimits, messageLimits, objectLimits, viewLimits } from './limits.ts';
import { cutMrkdwn, escaped, type Mrkdwn } from './mrkdwn.ts';

/**
 * Builders for the blocks the bot uses. Each keeps Slack's limit by a visible cut: a card is never refused for its
 * length, and what is cut in a message is whole in the record.
 */
export type Block = Record<string, unknown>;

const plain = (text: string, max: number) => ({
  type: 'plain_text',
  text: cutMrkdwn(escaped(text), max).text,
  emoji: true,
});
const mrkdwn = (said: Mrkdwn, max: number) => ({ type: 'mrkdwn', text: cutMrkdwn(said, max).text, verbatim: true });

export const section = (said: Mrkdwn, accessory?: Block): Block => ({
  type: 'section',
  text: mrkdwn(said, blockLimits.sectionText),
  ...(accessory && { accessory }),
});

/** Up to ten short texts in two columns. */
export const fields = (said: readonly Mrkdwn[]): Block => ({
  type: 'section',
  fields: said.slice(0, blockLimits.sectionFields).map((field) => mrkdwn(field, blockLimits.sectionFieldText)),
});

export const header = (text: string): Block => ({ type: 'header', text: plain(text || ' ', blockLimits.headerText) });
export const divider: Block = { type: 'divider' };

export const context = (...said: readonly Mrkdwn[]): Block => ({
  type: 'context',
  elements: said.slice(0, blockLimits.contextElements).map((part) => mrkdwn(part, objectLimits.text)),
});

export const actions = (blockId: string, elements: readonly Block[]): Block => ({
  type: 'actions',
  block_id: blockId,
  elements: elements.slice(0, blockLimits.actionsElements),
});

/** `action` is the action_id a slice listens to; `value` is usually the incident's number. */
export const button = (
  label: string,
  action: string,
  value: string,
  style?: 'primary' | 'danger',
  confirm?: { title: string; text: string; confirm: string; deny: string },
): Block => ({
  type: 'button',
  text: plain(label, elementLimits.buttonText),
  action_id: action,
  value: shorten(value, elementLimits.buttonValue),
  ...(style && { style }),
  ...(confirm && { confirm: confirmation(confirm) }),
});

/** Slack opens it by itself, and tells of the click as well. */
export const linkButton = (label: string, action: string, url: string): Block => ({
  type: 'button',
  text: plain(label, elementLimits.buttonText),
  action_id: action,
  url,
});

/** What is seldom done, behind three dots; at least one choice. */
export const overflow = (action: string, choices: readonly Choice[]): Block => ({
  type: 'overflow',
  action_id: action,
  options: choices.slice(0, elementLimits.overflowOptions).map(option),
});

const confirmation = (words: { title: string; text: string; confirm: string; deny: string }): Block => ({
  title: plain(words.title, objectLimits.confirmTitle),
  text: plain(words.text, objectLimits.confirmText),
  confirm: plain(words.confirm, objectLimits.confirmConfirm),
  deny: plain(words.deny, objectLimits.confirmDeny),
});

/** A message: the text is what a notification and a screen reader say. Slack: always set it, even with blocks. */
export function message(text: Mrkdwn, blocks?: readonly Block[]): Message {
  const said = cutMrkdwn(text, messageLimits.updateText).text;
  return blocks ? { text: said, blocks: withinBudget(blocks) } : { text: said };
}

/**
 * Slack: all blocks of one message together may hold about 13,000 characters (`msg_blocks_too_long`). The buttons at its
 * end stay: they are what one does next.
 */
function withinBudget(blocks: readonly Block[]): Block[] {
  const end = blocks.findLastIndex((block) => block.type !== 'actions') + 1;
  const buttons = blocks.slice(end);
  const kept: Block[] = [];
  let used = textIn(buttons);
  for (const block of blocks.slice(0, Math.min(end, messageLimits.blocks - buttons.length))) {
    used += textIn(block);
    if (used > messageLimits.blocksTextBudget) break;
    kept.push(block);
  }
  return [...kept, ...buttons];
}

/** Characters of text in a block, however deep. */
export function textIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + textIn(part), 0);
  if (value === null || typeof value !== 'object') return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (key === 'text' && typeof part === 'string' ? part.length : textIn(part)),
    0,
  );
}

/** A modal; `metadata` comes back with the submission (Slack: ≤ 3,000 characters). */
export const modal = (words: {
  callback: string;
  title: string;
  submit?: string;
  close?: string;
  metadata?: string;
  blocks: readonly Block[];
}): View => ({
  type: 'modal',
  callback_id: words.callback,
  title: { type: 'plain_text', text: shorten(words.title, viewLimits.title) },
  ...(words.submit && { submit: { type: 'plain_text' as const, text: shorten(words.submit, viewLimits.submit) } }),
  close: { type: 'plain_text', text: shorten(words.close ?? 'Close', viewLimits.close) },
  ...(words.metadata && { private_metadata: words.metadata }),
  blocks: words.blocks.slice(0, viewLimits.blocks),
});

export interface Choice {
  readonly text: string;
  readonly value: string;
  readonly description?: string;
}

/** One name serves as block id, action id and field of the form. */
export const input = (
  name: string,
  label: string,
  element: Block,
  more: { optional?: boolean; hint?: string } = {},
): Block => ({
  type: 'input',
  block_id: name,
  label: plain(label, blockLimits.inputLabel),
  element: { ...element, action_id: name },
  optional: more.optional ?? false,
  ...(more.hint && { hint: plain(more.hint, blockLimits.inputHint) }),
});

export const textInput = (
  words: { initial?: string | null; multiline?: boolean; max?: number; placeholder?: string } = {},
): Block => ({
  type: 'plain_text_input',
  multiline: words.multiline ?? false,
  max_length: Math.min(words.max ?? elementLimits.inputLength, elementLimits.inputLength),
  ...(words.initial && {
    initial_value: shorten(words.initial, Math.min(words.max ?? elementLimits.inputLength, elementLimits.inputLength)),
  }),
  ...(words.placeholder && { placeholder: plain(words.placeholder, elementLimits.placeholder) }),
});

const option = (choice: Choice): Block => ({
  text: plain(choice.text, objectLimits.optionText),
  value: choice.value,
  ...(choice.description && { description: plain(choice.description, objectLimits.optionDescription) }),
});

export function select(choices: readonly Choice[], initial?: string | null): Block {
  const options = choices.slice(0, elementLimits.selectOptions).map(option);
  const chosen = options.find((one) => one.value === initial);
  return { type: 'static_select', options, ...(chosen && { initial_option: chosen }) };
}

export function multiSelect(choices: readonly Choice[], initial: readonly string[] = []): Block {
  const options = choices.slice(0, elementLimits.selectOptions).map(option);
  const chosen = options.filter((one) => initial.includes(one.value as string));
  return { type: 'multi_static_select', options, ...(chosen.length > 0 && { initial_options: chosen }) };
}

/** For more choices than a select may hold: what it offers is asked for while somebody types. */
export function askingMultiSelect(chosen: readonly Choice[], placeholder: string): Block {
  const options = chosen.slice(0, elementLimits.selectOptions).map(option);
  return {
    type: 'multi_external_select',
    min_query_length: 0,
    placeholder: plain(placeholder, elementLimits.placeholder),
    ...(options.length > 0 && { initial_options: options }),
  };
}

/** The answer while somebody types. */
export const suggested = (choices: readonly Choice[] = []): Block => ({
  options: choices.slice(0, elementLimits.selectOptions).map(option),
});

export function checkbox(choice: Choice, checked = false): Block {
  const options = [option(choice)];
  return { type: 'checkboxes', options, ...(checked && { initial_options: options }) };
}

export const peopleSelect = (initial?: string | null): Block => ({
  type: 'users_select',
  ...(initial && { initial_user: initial }),
});

export const peopleMultiSelect = (initial: readonly string[] = []): Block => ({
  type: 'multi_users_select',
  ...(initial.length > 0 && { initial_users: initial }),
});

/** A select among buttons: choosing is the click. Its values begin with the incident's number, as those of buttons do. */
export const selectAction = (label: string, action: string, choices: readonly Choice[]): Block => ({
  ...select(choices),
  action_id: action,
  placeholder: plain(label, elementLimits.placeholder),
});

/** Unix seconds come back. Slack takes ten digits: what was before 2001 is not shown. */
export function dateTimePicker(initial?: Date | null): Block {
  const seconds = Math.floor((initial?.getTime() ?? 0) / 1000);
  return { type: 'datetimepicker', ...(String(seconds).length === 10 && { initial_date_time: seconds }) };
}
