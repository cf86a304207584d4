import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

interface Built {
  /** Stands for the image's root folder. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | null;
  readonly cmd: readonly string[];
  readonly healthcheck: readonly string[];
}

export function instructionsOf(dockerfile: string): Instruction[] {
  return dockerfile
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /^(\w+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ word: match[1] ?? '', rest: match[2] ?? '' }] : []));
}

/** Files that COPY takes out of the checkout. */
export const copiedFromCheckout = (instructions: readonly Instruction[]): string[] =>
  instructions
    .filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from'))
    .flatMap(({ rest }) => rest.split(' ').slice(0, -1));

/** Carries the instructions out in folders instead of an engine: every stage has its root below `folder`. */
export async function build(
  instructions: readonly Instruction[],
  checkout: string,
  folder: string,
  env: NodeJS.ProcessEnv,
) {
  const stages = new Map<string, Built>();
  let stage: Built = nothing(folder);
  for (const { word, rest } of instructions) {
    const words = rest.split(' ');
    if (word === 'FROM') {
      const name = words[2] ?? 'last';
      stage = nothing(join(folder, name));
      await mkdir(stage.root);
      stages.set(name, stage);
      continue;
    }
    stage = { ...stage, ...(await step(stage, word, rest)) };
  }
  return stage;

  async function step(at: Built, word: string, rest: string): Promise<Partial<Built>> {
    const here = join(at.root, at.workdir);
    switch (word) {
      case 'WORKDIR':
        await mkdir(join(at.root, rest), { recursive: true });
        return { workdir: rest };
      case 'ENV':
        return { env: { ...at.env, ...Object.fromEntries([rest.split('=')]) } };
      case 'USER':
        return { user: rest };
      case 'CMD':
        return { cmd: JSON.parse(rest) };
      case 'HEALTHCHECK':
        return { healthcheck: JSON.parse(rest.slice(rest.indexOf('['))) };
      case 'EXPOSE':
        return {};
      case 'RUN':
        await promisify(execFile)('sh', ['-c', rest], { cwd: here, env: { ...env, ...at.env } });
        return {};
      case 'COPY':
        await copy(at, rest.split(' '));
        return {};
      default:
        throw new Error(`this test does not know how to do ${word}`);
    }
  }

  async function copy(at: Built, words: string[]): Promise<void> {
    const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1];
    const source = from === undefined ? checkout : (stages.get(from)?.root ?? '');
    const to = words.at(-1) ?? '.';
    const files = words.slice(from === undefined ? 0 : 1, -1);
    for (const file of files) {
      const target = join(at.root, at.workdir, to, to.endsWith('/') ? (file.split('/').at(-1) ?? '') : '');
      await cp(join(source, file), target, { recursive: true, verbatimSymlinks: true });
    }
  }
}

const nothing = (root: string): Built => ({ root, workdir: '/', env: {}, user: null, cmd: [], healthcheck: [] });
