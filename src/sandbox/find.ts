import { isJson } from './check.ts';
import { elementsOf } from './judge.ts';
import { optionsOf } from './judge-elements.ts';
import { objects } from './method.ts';
import type { Source } from './payloads.ts';
import { stackOf } from './views.ts';
import type { Channel, Json, Member, World } from './world.ts';

/** Finding what a person means on their screen. */

type Found = { readonly source: Source; readonly block: Json; readonly element: Json; readonly option?: Json };

/** Where to look: one message or ephemeral by ts, one channel, the open form, the Home tab; else all of them. */
type Where = { readonly on?: { readonly ts: string } | 'modal' | 'home'; readonly in?: Channel };

/** The newest button, or option of an overflow menu, of that label. Throws with what there is instead. */
export function findButton(world: World, by: Member, label: string, where: Where): Found {
  return find(world, by, where, `button "${label}"`, (element) => {
    if (element.type === 'button') return textOf(element) === label ? {} : null;
    const option = element.type === 'overflow' ? optionsOf(element).find((o) => textOf(o) === label) : undefined;
    return option ? { option } : null;
  });
}

/** A select by its placeholder, its action_id or the text beside it. */
export function findSelect(world: World, by: Member, label: string, where: Where): Found {
  return find(world, by, where, `select "${label}"`, (element, block) => {
    if (element.type === 'button' || element.type === 'overflow' || element.type === 'image') return null;
    const names = [element.action_id, textIn(element.placeholder), textIn(block.text), textIn(block.label)];
    return names.includes(label) ? {} : null;
  });
}

type Match = (element: Json, block: Json) => { option?: Json } | null;

function find(world: World, by: Member, where: Where, what: string, match: Match): Found {
  const sources = sourcesFor(world, by, where);
  for (const source of sources) {
    for (const block of blocksOf(source)) {
      for (const element of elementsOf(block)) {
        const matched = match(element, block);
        if (matched) return { source, block, element, ...matched };
      }
    }
  }
  const labels = sources
    .flatMap(blocksOf)
    .flatMap(elementsOf)
    .map((e) => textOf(e) || String(e.action_id));
  throw new Error(`${by.handle} sees no ${what}; there is: ${[...new Set(labels)].join(', ') || 'nothing to click'}`);
}

/** Nearest first: the form on top, then messages and ephemerals from the newest, then the Home tab. */
function sourcesFor(world: World, by: Member, where: Where): Source[] {
  const { on } = where;
  const top = stackOf(world, by.id).at(-1);
  const home = world.homes.get(by.id);
  const modal: Source[] = top ? [{ kind: 'view', view: top }] : [];
  const tab: Source[] = home ? [{ kind: 'view', view: home }] : [];
  if (on === 'modal') return modal;
  if (on === 'home') return tab;
  const messages = messagesFor(world, by, where.in);
  if (on) return messages.filter((source) => source.kind !== 'view' && tsOf(source) === on.ts);
  return where.in ? messages : [...modal, ...messages, ...tab];
}

function messagesFor(world: World, by: Member, only: Channel | undefined): Source[] {
  const channels = [...world.channels.values()].filter((c) => c.members.has(by.id) && (!only || c === only));
  const posted = channels.flatMap((channel) =>
    [...channel.messages.values()].map((message): Source => ({ kind: 'message', channel, message })),
  );
  const whispered = world.ephemerals.flatMap((ephemeral): Source[] => {
    const channel = world.channels.get(ephemeral.channel);
    return ephemeral.to === by.id && channel && (!only || channel === only)
      ? [{ kind: 'ephemeral', channel, ephemeral }]
      : [];
  });
  return [...posted, ...whispered].sort((a, b) => (tsOf(a) < tsOf(b) ? 1 : -1));
}

function tsOf(source: Source): string {
  if (source.kind === 'view') return '';
  return source.kind === 'message' ? source.message.ts : source.ephemeral.ts;
}

function blocksOf(source: Source): Json[] {
  if (source.kind === 'view') return objects(source.view.body.blocks);
  return source.kind === 'message' ? source.message.blocks : source.ephemeral.blocks;
}

const textIn = (text: unknown): string | undefined => (isJson(text) ? String(text.text) : undefined);
const textOf = (element: Json): string => textIn(element.text) ?? '';
