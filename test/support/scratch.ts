import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Enough for all databases of a run, the image and what else tests write. */
const ROOMY = 2 * 1024 ** 3;

const isRoot = process.getuid?.() === 0;

/** Where tests write much that need not last: in memory where the machine has room for it, which is several times as fast. */
export function scratch(): string {
  const shared = '/dev/shm';
  if (process.platform === 'linux' && existsSync(shared)) {
    const { bavail, bsize } = statfsSync(shared);
    // Containers may forbid to run programs there, and a test does.
    const mayRun = !/^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/self/mounts', 'utf8'));
    if (mayRun && bavail * bsize >= ROOMY) return shared;
  }
  return disk();
}

/** A temporary folder on the disk, open to the account a database started by root runs as. */
export async function diskFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(disk(), `sitrep-${name}-`));
  if (isRoot) await chmod(folder, 0o711);
  return folder;
}

/** A TMPDIR inside a root's home would shut out the account the server runs as. */
const disk = (): string => (isRoot ? '/tmp' : tmpdir());
