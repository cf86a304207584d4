import { elementLimits, objectLimits } from '../slack/limits.ts';
import {
  all,
  anything,
  bool,
  byType,
  type Check,
  integer,
  isJson,
  list,
  object,
  oneOf,
  pattern,
  string,
} from './check.ts';

/** Slack's rules for composition objects and elements. */

export const plainText = (max: number, min = 1): Check =>
  object({ type: oneOf('plain_text'), text: string(max, min), emoji: bool }, ['type', 'text']);

const mrkdwn = (max: number): Check =>
  object({ type: oneOf('mrkdwn'), text: string(max, 1), verbatim: bool }, ['type', 'text']);

export const anyText = (max: number): Check => byType({ plain_text: plainText(max), mrkdwn: mrkdwn(max) });

const confirm = object(
  {
    title: plainText(objectLimits.confirmTitle),
    text: anyText(objectLimits.confirmText),
    confirm: plainText(objectLimits.confirmConfirm),
    deny: plainText(objectLimits.confirmDeny),
    style: oneOf('primary', 'danger'),
  },
  ['title', 'text', 'confirm', 'deny'],
);

const option = (text: Check, withUrl = false): Check =>
  object(
    {
      text,
      value: string(objectLimits.optionValue, 1),
      description: plainText(objectLimits.optionDescription),
      ...(withUrl ? { url: string(objectLimits.optionUrl) } : {}),
    },
    ['text', 'value'],
  );

const plainOption = option(plainText(objectLimits.optionText));
const richOption = option(anyText(objectLimits.optionText));
const optionGroup = object(
  { label: plainText(objectLimits.optionGroupLabel), options: list(plainOption, elementLimits.selectOptions) },
  ['label', 'options'],
);

const action = { type: anything, action_id: string(elementLimits.actionId, 1) };
const placeholder = { placeholder: plainText(elementLimits.placeholder) };
const focus = { focus_on_load: bool };
const select = { ...action, ...placeholder, ...focus, confirm };
const many = { max_selected_items: integer(1, 1_000) };

/** Either options or groups, and what is chosen at first must be among them. */
const offersChosen: Check = (value, at, report) => {
  if (!isJson(value)) return;
  if ((value.options === undefined) === (value.option_groups === undefined)) {
    report(at, 'must have either options or option_groups');
  }
  const offered = optionsOf(value).map((o) => JSON.stringify([o.value, textOf(o)]));
  const chosen = [value.initial_option, ...(Array.isArray(value.initial_options) ? value.initial_options : [])];
  for (const held of chosen.filter(isJson)) {
    if (!offered.includes(JSON.stringify([held.value, textOf(held)]))) {
      report(at, 'initial_option must match one of the options');
    }
  }
  if (new Set(optionsOf(value).map((o) => o.value)).size < offered.length) report(at, 'option values must be unique');
};

const textOf = (option: Record<string, unknown>): unknown => (isJson(option.text) ? option.text.text : undefined);

/** Every option an element offers, those in groups included. */
export function optionsOf(element: Record<string, unknown>): Record<string, unknown>[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isJson) : [];
  return [element.options, ...groups.map((g) => g.options)].flatMap((o) => (Array.isArray(o) ? o.filter(isJson) : []));
}

const fixedOptions = (max: number, each: Check) => ({
  options: list(each, max),
  option_groups: list(optionGroup, elementLimits.selectOptionGroups),
});

const button = object(
  {
    ...action,
    text: plainText(elementLimits.buttonText),
    value: string(elementLimits.buttonValue),
    url: string(elementLimits.buttonUrl),
    style: oneOf('primary', 'danger'),
    confirm,
    accessibility_label: string(elementLimits.accessibilityLabel),
  },
  ['text'],
);

const filter = object({
  include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
  exclude_external_shared_channels: bool,
  exclude_bot_users: bool,
});
const conversations = { filter, default_to_current_conversation: bool };
const minQuery = { min_query_length: integer(0, 3_000) };
const ids = list(string(30, 1), 1_000, 0);
const choices = elementLimits.selectOptions;

/** Where a click, a choice or a text is made, wherever it may stand. */
const CLICKED: Record<string, Check> = {
  button,
  overflow: object(
    {
      ...action,
      options: list(option(plainText(objectLimits.optionText), true), elementLimits.overflowOptions),
      confirm,
    },
    ['options'],
  ),
  static_select: all(
    object({ ...select, ...fixedOptions(choices, plainOption), initial_option: plainOption }),
    offersChosen,
  ),
  multi_static_select: all(
    object({ ...select, ...many, ...fixedOptions(choices, plainOption), initial_options: list(plainOption, choices) }),
    offersChosen,
  ),
  external_select: object({ ...select, ...minQuery, initial_option: plainOption }),
  multi_external_select: object({ ...select, ...many, ...minQuery, initial_options: list(plainOption, choices) }),
  users_select: object({ ...select, initial_user: string(30, 1) }),
  multi_users_select: object({ ...select, ...many, initial_users: ids }),
  conversations_select: object({
    ...select,
    ...conversations,
    initial_conversation: string(30, 1),
    response_url_enabled: bool,
  }),
  multi_conversations_select: object({ ...select, ...many, ...conversations, initial_conversations: ids }),
  channels_select: object({ ...select, initial_channel: string(30, 1), response_url_enabled: bool }),
  multi_channels_select: object({ ...select, ...many, initial_channels: ids }),
  checkboxes: all(
    object(
      {
        ...action,
        ...focus,
        confirm,
        options: list(richOption, elementLimits.checkboxOptions),
        initial_options: list(richOption, elementLimits.checkboxOptions),
      },
      ['options'],
    ),
    offersChosen,
  ),
  radio_buttons: all(
    object(
      {
        ...action,
        ...focus,
        confirm,
        options: list(richOption, elementLimits.radioOptions),
        initial_option: richOption,
      },
      ['options'],
    ),
    offersChosen,
  ),
  datepicker: object({ ...select, initial_date: pattern(/^\d{4}-\d\d-\d\d$/, 'date (YYYY-MM-DD)') }),
  timepicker: object({
    ...select,
    initial_time: pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'time (HH:mm)'),
    timezone: string(100),
  }),
  datetimepicker: object({
    ...action,
    ...focus,
    confirm,
    initial_date_time: integer(1_000_000_000, 9_999_999_999),
  }),
};

const dispatchConfig = object({
  trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2),
});
const typed = { ...action, ...placeholder, ...focus, dispatch_action_config: dispatchConfig };

/** Only inside an input block. */
const TYPED: Record<string, Check> = {
  plain_text_input: object({
    ...typed,
    initial_value: string(elementLimits.inputLength),
    multiline: bool,
    min_length: integer(0, elementLimits.inputLength),
    max_length: integer(1, elementLimits.inputLength),
  }),
  email_text_input: object({ ...typed, initial_value: string(elementLimits.inputLength) }),
  url_text_input: object({ ...typed, initial_value: string(elementLimits.inputLength) }),
  number_input: object(
    {
      ...typed,
      is_decimal_allowed: bool,
      initial_value: string(100),
      min_value: string(100),
      max_value: string(100),
    },
    ['is_decimal_allowed'],
  ),
  rich_text_input: object({ ...typed, initial_value: anything }),
  file_input: object({
    ...action,
    filetypes: list(string(30), 100),
    max_files: integer(1, elementLimits.fileInputFiles),
  }),
};

const { overflow: _overflow, button: _button, ...selectable } = CLICKED;

export const actionsElement = byType(CLICKED);
export const accessory = byType({ ...CLICKED, image: anything });
export const inputElement = byType({ ...selectable, ...TYPED });
