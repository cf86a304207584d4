import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Enough for all databases of a run, the image and what else tests write. */
const ROOMY = 2 * 1024 ** 3;

/** Where tests write much that need not last: in memory where the machine has room for it, which is several times as fast. */
export function scratch(): string {
  const shared = '/dev/shm';
  if (process.platform === 'linux' && existsSync(shared)) {
    const { bavail, bsize } = statfsSync(shared);
    // Containers may forbid to run programs there, and a test does.
    const mayRun = !/^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/self/mounts', 'utf8'));
    if (mayRun && bavail * bsize >= ROOMY) return shared;
  }
  // A TMPDIR inside a root's home would shut out the account the server runs as.
  return process.getuid?.() === 0 ? '/tmp' : tmpdir();
}
