import { blockLimits, messageLimits, viewLimits } from '../slack/limits.ts';
import {
  all,
  anything,
  bool,
  byType,
  type Check,
  type Fault,
  faultsOf,
  isJson,
  list,
  object,
  oneOf,
  type Report,
  string,
} from './check.ts';
import { accessory, actionsElement, anyText, inputElement, plainText } from './judge-elements.ts';
import type { Json } from './world.ts';

/** Slack's rules for blocks, messages and views. */

export const faultsInBlocks = (blocks: unknown): Fault[] =>
  faultsOf(all(list(byType(MESSAGE_BLOCKS), messageLimits.blocks, 0), uniqueIds, onlyOneTable), blocks, '/blocks');

export const faultsInView = (view: unknown): Fault[] =>
  faultsOf(all(byType({ modal, home }), viewIsWhole), view, '/view');

/** All characters a reader sees in blocks: what `msg_blocks_too_long` is about. */
export function textIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, held) => sum + textIn(held), 0);
  if (!isJson(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [name, held]) => sum + (name === 'text' && typeof held === 'string' ? held.length : textIn(held)),
    0,
  );
}

const block = { type: anything, block_id: string(blockLimits.blockId, 1) };

const image = all(
  object(
    {
      ...block,
      alt_text: string(blockLimits.imageAltText, 1),
      title: plainText(blockLimits.imageTitle),
      image_url: string(blockLimits.imageUrl, 1),
      slack_file: anything,
    },
    ['alt_text'],
  ),
  (value, at, report) => {
    if (!isJson(value)) return;
    if ((value.image_url === undefined) === (value.slack_file === undefined)) {
      report(at, 'must have either image_url or slack_file');
    }
  },
);

const section = all(
  object({
    ...block,
    text: anyText(blockLimits.sectionText),
    fields: list(anyText(blockLimits.sectionFieldText), blockLimits.sectionFields),
    accessory,
    expand: bool,
  }),
  (value, at, report) => {
    if (isJson(value) && value.text === undefined && value.fields === undefined) {
      report(at, 'missing required field: text');
    }
  },
);

const contextElement: Check = (value, at, report) =>
  isJson(value) && value.type === 'image' ? image(value, at, report) : anyText(3_000)(value, at, report);

const EVERYWHERE: Record<string, Check> = {
  section,
  header: object({ ...block, text: plainText(blockLimits.headerText) }, ['text']),
  divider: object(block),
  context: object({ ...block, elements: list(contextElement, blockLimits.contextElements) }, ['elements']),
  actions: object({ ...block, elements: list(actionsElement, blockLimits.actionsElements) }, ['elements']),
  image,
  input: object(
    {
      ...block,
      label: plainText(blockLimits.inputLabel),
      hint: plainText(blockLimits.inputHint),
      element: inputElement,
      optional: bool,
      dispatch_action: bool,
    },
    ['label', 'element'],
  ),
  rich_text: object({ ...block, elements: list(anything, 1_000, 0) }, ['elements']),
};

const tableCell: Check = byType({
  raw_text: object({ type: anything, text: string(blockLimits.tableText, 1) }, ['text']),
  rich_text: anything,
  raw_number: anything,
});

const MESSAGE_BLOCKS: Record<string, Check> = {
  ...EVERYWHERE,
  markdown: object({ ...block, text: string(messageLimits.markdownText, 1) }, ['text']),
  table: all(
    object(
      {
        ...block,
        rows: list(list(tableCell, blockLimits.tableColumns), blockLimits.tableRows),
        column_settings: list(anything, blockLimits.tableColumns, 0),
      },
      ['rows'],
    ),
    (value, at, report) => {
      if (textIn(value) > blockLimits.tableText)
        report(at, `must be less than ${blockLimits.tableText + 1} characters`);
    },
  ),
};

const onlyOneTable: Check = (blocks, at, report) => {
  const tables = Array.isArray(blocks) ? blocks.filter((b) => isJson(b) && b.type === 'table') : [];
  if (tables.length > blockLimits.tables) report(at, 'only one table allowed per message');
};

/** block_id is unique in its message or view, action_id in its block. */
const uniqueIds: Check = (blocks, at, report) => {
  if (!Array.isArray(blocks)) return;
  const seen = new Set<unknown>();
  for (const [i, held] of blocks.filter(isJson).entries()) {
    if (held.block_id !== undefined && seen.has(held.block_id)) {
      report(`${at}/${i}`, `block_id ${String(held.block_id)} already exists`);
    }
    seen.add(held.block_id);
    uniqueActions(held, `${at}/${i}`, report);
  }
};

function uniqueActions(block: Json, at: string, report: Report): void {
  const ids = elementsOf(block).flatMap((e) => (e.action_id === undefined ? [] : [e.action_id]));
  if (new Set(ids).size < ids.length) report(at, 'action_id must be unique within a block');
}

/** What can be clicked or filled in a block. */
export function elementsOf(block: Json): Json[] {
  const listed = block.type === 'actions' && Array.isArray(block.elements) ? block.elements : [];
  return [...listed, block.accessory, block.element].filter(isJson);
}

const shared = {
  type: oneOf('modal', 'home'),
  blocks: all(list(byType(EVERYWHERE), viewLimits.blocks, 0), uniqueIds),
  private_metadata: string(viewLimits.privateMetadata),
  callback_id: string(viewLimits.callbackId),
  external_id: string(viewLimits.externalId),
};

const modal = object(
  {
    ...shared,
    title: plainText(viewLimits.title),
    submit: plainText(viewLimits.submit),
    close: plainText(viewLimits.close),
    clear_on_close: bool,
    notify_on_close: bool,
    submit_disabled: bool,
  },
  ['title', 'blocks'],
);

const home = object(shared, ['blocks']);

const viewIsWhole: Check = (view, at, report) => {
  if (!isJson(view) || !Array.isArray(view.blocks)) return;
  const blocks = view.blocks.filter(isJson);
  if (view.type === 'modal' && blocks.some((b) => b.type === 'input') && view.submit === undefined) {
    report(at, 'missing required field: submit');
  }
  const focused = blocks.flatMap(elementsOf).filter((e) => e.focus_on_load === true);
  if (focused.length > 1) report(at, 'only one element may have focus_on_load');
};
