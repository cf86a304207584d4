import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Runs the command line as an operator would, in an empty folder and with nothing set but `env`. */
export async function sitrep(args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  const cwd = mkdtempSync(join(tmpdir(), 'sitrep-cli-'));
  try {
    return await new Promise((resolve, reject) => {
      const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
      const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { PATH, NODE_COMPILE_CACHE, ...env } });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.once('error', reject);
      child.once('close', (code) =>
        resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
      );
    });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
