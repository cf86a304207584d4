import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { diskFolder } from '../support/scratch.ts';
import { type Edit, edited } from './sabotage.ts';

/** A copy of the project to break things in; the project itself is never touched. */
export interface Copy {
  readonly root: string;
  /** Makes the edits, lets `work` see them and takes them back. Throws the sentence when one does not fit any more. */
  broken<T>(edits: readonly Edit[], work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

const COPIED = ['src', 'test', 'migrations', 'package.json', 'manifest.yml'];

export async function copyProject(project: string): Promise<Copy> {
  const root = await diskFolder('prove');
  for (const name of COPIED) await cp(join(project, name), join(root, name), { recursive: true });
  await symlink(resolve(project, 'node_modules'), join(root, 'node_modules'), 'junction');
  return {
    root,
    remove: () => rm(root, { recursive: true, force: true }),
    async broken(edits, work) {
      const whole = await readAll(root, edits);
      try {
        for (const [file, text] of breakAll(whole, edits)) await writeFile(join(root, file), text);
        return await work();
      } finally {
        for (const [file, text] of whole) await writeFile(join(root, file), text);
      }
    },
  };
}

async function readAll(root: string, edits: readonly Edit[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { file } of edits) if (!texts.has(file)) texts.set(file, await readFile(join(root, file), 'utf8'));
  return texts;
}

/** Several edits of one file are made one after the other; nothing is written unless all of them fit. */
function breakAll(whole: ReadonlyMap<string, string>, edits: readonly Edit[]): Map<string, string> {
  const texts = new Map(whole);
  for (const edit of edits) {
    const done = edited(texts.get(edit.file) ?? '', edit);
    if ('rotten' in done) throw new Rotten(done.rotten);
    texts.set(edit.file, done.text);
  }
  return texts;
}

export class Rotten extends Error {}
