import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { World } from './world.ts';

/** A workspace that outlives its process: one file, written after changes, read at the next start. */
export type Memory = {
  /** Writes it now. */
  readonly save: () => void;
  /** Writes what is not yet written, at once. */
  readonly close: () => void;
};

type MemoryOptions = {
  readonly path: string;
  /** Hears one sentence when a file cannot be used. */
  readonly note?: (sentence: string) => void;
};

/** What lasts. Forms that are open, triggers and the journal do not, nor what the manifest and this start decide. */
const KEPT = [
  'team',
  'tokens',
  'installed',
  'members',
  'groups',
  'channels',
  'reservedNames',
  'files',
  'homes',
  'ephemerals',
  'hooks',
  'choices',
  'lastTs',
  'ahead',
  'counter',
  'origin',
] as const satisfies readonly (keyof World)[];

type Kept = Pick<World, (typeof KEPT)[number]>;

/** Raised when the shape of the world changes: older files are set aside, not guessed at. */
const FORMAT = 1;

/** Milliseconds; for what neither a call nor an event has carried out of the workspace. */
const SOON = 150;

/** Fills the world from the file, if there is one that can be read. True when it did. */
export function recall(world: World, { path, note = () => undefined }: MemoryOptions): boolean {
  if (!existsSync(path)) return false;
  try {
    restore(world, readKept(readFileSync(path)));
    return true;
  } catch (fault) {
    const aside = `${path}.${Date.now()}.set-aside`;
    renameSync(path, aside);
    note(
      `The local Slack's memory could not be used (${wordsOf(fault)}); it is now ${aside}, a fresh workspace is started.`,
    );
    return false;
  }
}

/** Saves a while after each change, and when closed. */
export function remember(world: World, { path, note = () => undefined }: MemoryOptions): Memory {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const save = () => {
    timer = null;
    try {
      write(path, serialize({ format: FORMAT, world: keptOf(world) }));
    } catch (fault) {
      note(`The local Slack's memory could not be written (${wordsOf(fault)}).`);
    }
  };
  const stop = world.journal.onChange(() => {
    timer ??= setTimeout(save, SOON);
  });
  save();
  return {
    save: () => {
      if (closed) return;
      if (timer) clearTimeout(timer);
      save();
    },
    close: () => {
      if (closed) return;
      closed = true;
      stop();
      if (timer) clearTimeout(timer);
      save();
    },
  };
}

/** Whole or not at all, and for nobody else: it holds the workspace's tokens. */
function write(path: string, bytes: Buffer): void {
  const next = `${path}.next`;
  writeFileSync(next, bytes, { mode: 0o600 });
  renameSync(next, path);
}

const keptOf = (world: World): Kept => Object.fromEntries(KEPT.map((name) => [name, world[name]])) as unknown as Kept;

function readKept(raw: Buffer): Kept {
  const saved: unknown = deserialize(raw);
  if (typeof saved !== 'object' || saved === null || !('format' in saved) || !('world' in saved)) {
    throw new Error('it is no memory of a workspace');
  }
  if (saved.format !== FORMAT) throw new Error(`its format is ${String(saved.format)}, not ${FORMAT}`);
  // Written before the clock could be moved.
  const kept: Kept = { ...{ ahead: 0 }, ...(saved.world as Kept) };
  for (const name of KEPT) if (kept[name] === undefined) throw new Error(`it lacks ${name}`);
  return kept;
}

/** The app's account is as the manifest says now, not as it was. */
function restore(world: World, kept: Kept): void {
  const bot = world.members.get(world.app.botUserId);
  Object.assign(world, kept);
  if (bot) world.members.set(bot.id, bot);
}

const wordsOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
