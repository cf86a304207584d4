import { act, ask, type Outcome, outcomeOf, type Stage } from './acts.ts';
import { isJson } from './check.ts';
import { chosen, type Wish } from './choose.ts';
import { objects } from './method.ts';
import { closedPayload, submissionPayload, suggestionPayload } from './payloads.ts';
import { readable } from './readable.ts';
import { pushView, readView, replaceView, stackOf } from './views.ts';
import type { Json, Member, View, World } from './world.ts';
import { Refusal } from './world.ts';

export type SubmitReply = {
  /** `incomplete`: Slack's own form refused, nothing was sent. */
  readonly outcome: Outcome | 'incomplete';
  readonly action: 'close' | 'errors' | 'update' | 'push' | 'clear' | 'none';
  /** By label. */
  readonly errors: Record<string, string>;
  readonly ms: number;
};

/** The modal on top, as its person works it. */
export type Modal = {
  readonly view: View;
  readonly title: string;
  /** Everything to be read in it. */
  readonly shown: string;
  readonly labels: readonly string[];
  readonly errors: Record<string, string>;
  /** What an input holds now: its text, the texts of its options, ids. */
  readonly value: (label: string) => unknown;
  /** By label. Fields with dispatch_action tell the app at once. */
  readonly fill: (fields: Record<string, Wish>) => Promise<Modal>;
  readonly submit: () => Promise<SubmitReply>;
  /** Cancel: this view only; `all` is the ✕ with the whole stack. */
  readonly close: (all?: 'all') => Promise<void>;
};

export function modalOf(stage: Stage, by: Member, view: View): Modal {
  const { world } = stage;
  const modal: Modal = {
    view,
    get title() {
      return isJson(view.body.title) ? String(view.body.title.text) : '';
    },
    get shown() {
      return readable('', objects(view.body.blocks));
    },
    get labels() {
      return inputsOf(view).map(({ label }) => label);
    },
    get errors() {
      return byLabel(view, view.errors);
    },
    value: (label) => {
      const { block, element } = inputNamed(view, label);
      const { type: _, ...state } = view.values[String(block.block_id)]?.[String(element.action_id)] ?? {};
      return Object.values(state)[0] ?? null;
    },
    fill: async (fields) => {
      for (const [label, wish] of Object.entries(fields)) await fillOne(stage, by, view, label, wish);
      world.journal.record({ kind: 'act', who: by.handle, what: `fills ${JSON.stringify(fields)}` });
      return modal;
    },
    submit: () => submit(stage, by, view),
    close: (all) => close(stage, by, view, all === 'all'),
  };
  return modal;
}

type Input = { label: string; block: Json; element: Json };

function inputsOf(view: View): Input[] {
  return objects(view.body.blocks).flatMap((block) =>
    block.type === 'input' && isJson(block.element) && isJson(block.label)
      ? [{ label: String(block.label.text), block, element: block.element }]
      : [],
  );
}

function inputNamed(view: View, label: string): Input {
  const found = inputsOf(view).find((input) => input.label === label);
  if (found) return found;
  throw new Error(
    `No field "${label}" in the form; it has: ${inputsOf(view)
      .map((i) => i.label)
      .join(', ')}`,
  );
}

async function fillOne(stage: Stage, by: Member, view: View, label: string, wish: Wish): Promise<void> {
  const { block, element } = inputNamed(view, label);
  const isExternal = String(element.type).includes('external_select') && wish !== null;
  const offered = isExternal ? await suggestions(stage, by, view, block, element, String(wish)) : undefined;
  const state = chosen(stage.world, element, wish, offered);
  setState(view, block, element, state);
  if (block.dispatch_action !== true) return;
  const action = { ...state, action_id: element.action_id };
  await act(stage, by, { kind: 'view', view }, block, action);
}

export function setState(view: View, block: Json, element: Json, state: Json): void {
  const blockId = String(block.block_id);
  view.values[blockId] = { ...view.values[blockId], [String(element.action_id)]: state };
}

/** What the app answers to what is typed into a select of its own. */
export async function suggestions(
  stage: Stage,
  by: Member,
  view: View,
  block: Json,
  element: Json,
  typed: string,
): Promise<Json[]> {
  const ack = await ask(stage, 'interactive', suggestionPayload(stage.world, by, view, block, element, typed));
  return isJson(ack.payload) ? objects(ack.payload.options) : [];
}

async function submit(stage: Stage, by: Member, view: View): Promise<SubmitReply> {
  const { world } = stage;
  const missing = incomplete(view);
  if (Object.keys(missing).length > 0) {
    view.errors = missing;
    return { outcome: 'incomplete', action: 'none', errors: byLabel(view, missing), ms: 0 };
  }
  world.journal.record({ kind: 'act', who: by.handle, what: `submits the form ${String(view.body.callback_id)}` });
  const ack = await ask(stage, 'interactive', submissionPayload(world, by, view));
  const outcome = outcomeOf(ack);
  if (outcome !== 'acked') return { outcome, action: 'none', errors: {}, ms: ack.ms };
  const action = applyAnswer(world, by, view, ack.payload);
  world.journal.changed();
  return { outcome, action, errors: byLabel(view, view.errors), ms: ack.ms };
}

/** What Slack's own form checks before anything is sent. */
function incomplete(view: View): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { block, element } of inputsOf(view)) {
    const { type: _, ...state } = view.values[String(block.block_id)]?.[String(element.action_id)] ?? {};
    const held = Object.values(state)[0];
    const isEmpty = held === null || held === undefined || (Array.isArray(held) && held.length === 0);
    if (isEmpty && block.optional !== true) found[String(block.block_id)] = 'Please complete this required field.';
    if (typeof held !== 'string' || element.type !== 'plain_text_input') continue;
    const [least, most] = [Number(element.min_length ?? 0), Number(element.max_length ?? 3_000)];
    if (held.length < least || held.length > most) {
      found[String(block.block_id)] = `Must be between ${least} and ${most} characters.`;
    }
  }
  return found;
}

/** An empty answer closes this view. One that Slack would not take leaves it with an error, and is a violation. */
function applyAnswer(world: World, by: Member, view: View, payload: unknown): SubmitReply['action'] {
  const answer = isJson(payload) ? payload : {};
  const stack = stackOf(world, by.id);
  try {
    switch (answer.response_action) {
      case undefined:
        if (payload !== undefined && payload !== '')
          violation(world, `a form was answered with ${JSON.stringify(payload)}`);
        world.stacks.set(by.id, stack.slice(0, stack.indexOf(view)));
        return 'close';
      case 'clear':
        world.stacks.set(by.id, []);
        return 'clear';
      case 'errors':
        view.errors = checkErrors(world, view, answer.errors);
        return 'errors';
      case 'update':
        replaceView(world, view, readView(answer.view));
        return 'update';
      case 'push':
        pushView(world, by.id, readView(answer.view));
        return 'push';
      default:
        violation(world, `unknown response_action ${String(answer.response_action)}`);
        return 'none';
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    violation(world, `a response_action with a view Slack refuses: ${error.code} ${JSON.stringify(error.more)}`);
    return 'none';
  }
}

const violation = (world: World, what: string): void => world.journal.record({ kind: 'violation', what });

function checkErrors(world: World, view: View, errors: unknown): Record<string, string> {
  const ids = new Set(inputsOf(view).map(({ block }) => block.block_id));
  const entries = Object.entries(isJson(errors) ? errors : {});
  for (const [id] of entries)
    if (!ids.has(id)) violation(world, `errors name ${id}, which is no input block of the form`);
  if (entries.length === 0) violation(world, 'response_action errors without errors');
  return Object.fromEntries(entries.map(([id, text]) => [id, String(text)]));
}

function byLabel(view: View, errors: Record<string, string>): Record<string, string> {
  const labels = new Map(inputsOf(view).map(({ block, label }) => [String(block.block_id), label]));
  return Object.fromEntries(Object.entries(errors).map(([id, text]) => [labels.get(id) ?? id, text]));
}

/** Told to the app only with notify_on_close. */
async function close(stage: Stage, by: Member, view: View, all: boolean): Promise<void> {
  const { world } = stage;
  const stack = stackOf(world, by.id);
  const root = stack[0] ?? view;
  world.stacks.set(by.id, all || view.body.clear_on_close === true ? [] : stack.slice(0, stack.indexOf(view)));
  world.journal.record({ kind: 'act', who: by.handle, what: 'closes the form' });
  const told = all ? root : view;
  if (told.body.notify_on_close === true) await ask(stage, 'interactive', closedPayload(world, by, told, all));
}
