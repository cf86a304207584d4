/**
 * Every size Slack enforces that Sitrep meets. The bot's builders and the sandbox's judge read the same numbers, so
 * test/slack/limits.test.ts pins each to the rule of Slack it comes from. Lengths are in characters, unless the name says otherwise.
 */

/** A posted message, whichever way it is posted. */
export const messageLimits = {
  /** Blocks in one message. */
  blocks: 50,
  /** Text over all blocks of one message: Slack fails near 13,200 with `msg_blocks_too_long` (undocumented, measured by others). */
  blocksTextFails: 13_200,
  /** What we allow ourselves over all blocks, as failures were also seen from 11,341 up. */
  blocksTextBudget: 10_000,
  /** Recommended length of `text`. */
  textRecommended: 4_000,
  /** chat.postMessage cuts `text` here, without an error. */
  textTruncated: 40_000,
  /** chat.update and chat.postEphemeral refuse longer `text` with `msg_too_long`. */
  updateText: 4_000,
  /** `markdown_text` and all markdown blocks of one message together. */
  markdownText: 12_000,
  /** Attachments of one message: `too_many_attachments`. */
  attachments: 100,
  /** Metadata as JSON, in bytes. Not published by Slack: the lenient reading. */
  metadataBytes: 8_000,
} as const;

/** A modal or a Home tab. */
export const viewLimits = {
  /** Blocks in one view. */
  blocks: 100,
  /** `title`, and it must not be empty. */
  title: 24,
  /** The text of `submit`. */
  submit: 24,
  /** The text of `close`. */
  close: 24,
  /** `private_metadata`. */
  privateMetadata: 3_000,
  /** `callback_id` of a view or shortcut. */
  callbackId: 255,
  /** `external_id`, unique in the workspace. */
  externalId: 255,
  /** Views in one person's stack: `push_limit_reached`. */
  stack: 3,
  /** The view's JSON, in bytes: `view_too_large`. */
  bytes: 250_000,
} as const;

/** Blocks. */
export const blockLimits = {
  /** `block_id`, unique in its message or view. */
  blockId: 255,
  /** `text` of a section. */
  sectionText: 3_000,
  /** Fields of a section. */
  sectionFields: 10,
  /** One field of a section. */
  sectionFieldText: 2_000,
  /** `text` of a header, plain only. */
  headerText: 150,
  /** Elements of a context. */
  contextElements: 10,
  /** Elements of an actions block. */
  actionsElements: 25,
  /** `alt_text` of an image. */
  imageAltText: 2_000,
  /** `title` of an image. */
  imageTitle: 2_000,
  /** `image_url` of an image. */
  imageUrl: 3_000,
  /** `label` of an input. */
  inputLabel: 2_000,
  /** `hint` of an input. */
  inputHint: 2_000,
  /** Rows of a table, its header included. */
  tableRows: 100,
  /** Cells of one row of a table. */
  tableColumns: 20,
  /** Text over all cells of a table. */
  tableText: 10_000,
  /** Tables in one message. */
  tables: 1,
} as const;

/** Elements inside blocks. */
export const elementLimits = {
  /** `action_id`, unique in its block. */
  actionId: 255,
  /** `text` of a button. */
  buttonText: 75,
  /** `value` of a button. */
  buttonValue: 2_000,
  /** `url` of a button. */
  buttonUrl: 3_000,
  /** `accessibility_label` of a button. */
  accessibilityLabel: 75,
  /** `placeholder` of any element that has one. */
  placeholder: 150,
  /** Options of a select, of one option group, or of an answer to a suggestion. */
  selectOptions: 100,
  /** Option groups of a select. */
  selectOptionGroups: 100,
  /** Options of an overflow menu. */
  overflowOptions: 5,
  /** Options of checkboxes. */
  checkboxOptions: 10,
  /** Options of radio buttons. */
  radioOptions: 10,
  /** Largest `max_length` and `min_length` of a plain text input; also what it accepts without one. */
  inputLength: 3_000,
  /** Files of one file input. */
  fileInputFiles: 10,
} as const;

/** Composition objects. */
export const objectLimits = {
  /** Any text object. */
  text: 3_000,
  /** `text` of an option. */
  optionText: 75,
  /** `value` of an option. */
  optionValue: 150,
  /** `description` of an option. */
  optionDescription: 75,
  /** `url` of an overflow option. */
  optionUrl: 3_000,
  /** `label` of an option group. */
  optionGroupLabel: 75,
  /** `title` of a confirm dialog. */
  confirmTitle: 100,
  /** `text` of a confirm dialog. */
  confirmText: 300,
  /** `confirm` of a confirm dialog. */
  confirmConfirm: 30,
  /** `deny` of a confirm dialog. */
  confirmDeny: 30,
} as const;

/** Channels and what hangs on them. */
export const channelLimits = {
  /** Channel name: `invalid_name_maxlength`. */
  name: 80,
  /** Topic: `too_long`. Kept both before and after escaping, as Slack does not say which it counts. */
  topic: 250,
  /** Purpose: `too_long`. */
  purpose: 250,
  /** Users in one invite. Slack's pages differ (100 or 1,000): the safe one. */
  inviteUsers: 100,
  /** Bookmarks of one channel: `too_many_bookmarks`. */
  bookmarks: 100,
  /** Channels one file can be shared to at upload. */
  fileChannels: 100,
} as const;

/** Pages of Web API lists. */
export const pageLimits = {
  /** Largest `limit` of conversations.history. */
  history: 999,
  /** Default `limit` of conversations.history, .list and .members. */
  defaultRows: 100,
  /** Largest `limit` of conversations.list and .members. */
  list: 999,
  /** Default and largest `limit` of conversations.replies. */
  replies: 1_000,
} as const;

/** Deadlines, in milliseconds, and uses. */
export const timeLimits = {
  /** A command, a click, a form or an event must be acked within. */
  ackMs: 3_000,
  /** A trigger_id opens one view within. */
  triggerMs: 3_000,
  /** A response_url works for. */
  responseUrlMs: 1_800_000,
  /** … and this often. */
  responseUrlUses: 5,
  /** A signed request older (or newer) than this is refused. */
  signatureSkewMs: 300_000,
} as const;
