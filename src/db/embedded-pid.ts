import { lchown, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, run } from './embedded-run.ts';

interface Postmaster {
  pid: number;
  port: number;
  socketDir: string;
  isAlive: boolean;
}

/** What the data's postmaster.pid says, and whether that process is really a live postgres; null without such a file. */
export async function postmasterOf(data: string): Promise<Postmaster | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const [pid = '', , , port = '', socketDir = ''] = text.split('\n');
  return {
    pid: Number(pid),
    port: Number(port) || 5432,
    socketDir: socketDir.trim(),
    isAlive: await isPostgres(Number(pid)),
  };
}

/**
 * PostgreSQL believes any process of its account with the old pid to be the old server: one that got the number since, or
 * a zombie nobody buried. A first line with our own pid, its parent's, tells it better, and keeps its second check, the
 * shared memory of backends that may still be dying.
 */
export async function setAsideStalePid(data: string, account: Account): Promise<void> {
  const found = await postmasterOf(data);
  if (!found || found.isAlive) return;
  const file = join(data, 'postmaster.pid');
  const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
  const better = join(data, `postmaster.pid.${crypto.randomUUID()}`);
  await writeFile(better, [process.pid, ...rest].join('\n'), { flag: 'wx', mode: 0o600 });
  if (account) await lchown(better, account.uid, account.gid);
  await rename(better, file);
}

async function isPostgres(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !exists(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux')
    return /postgres/.test((await run('/bin/ps', ['-o', 'comm=', '-p', String(pid)], null)).stdout);
  // `123 (postgres) S …`; a zombie is Z, and X is on its way out.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /\(postgres\) [^ZX]/.test(stat);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return fault instanceof Error && 'code' in fault && fault.code === 'EPERM';
  }
}
