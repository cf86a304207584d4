import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, realpath, rm, rmdir, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Account, run } from './embedded-run.ts';

export interface Home {
  /** The folder everything of this database lives in. */
  folder: string;
  /** PGDATA. */
  data: string;
  /** Held while a server is started or stopped. */
  lock: string;
  /** Who the server runs as; null: ourselves. */
  account: Account;
}

/**
 * Where the database of this project lives: `dataDir`, unless the account the server must run as cannot enter it (a
 * project in a root's home) or we cannot write there; then a folder of the state directory, always the same one.
 */
export async function findHome(dataDir: string, stateDir: string): Promise<Home> {
  const [wished, elsewhere] = await placesOf(dataDir, stateDir);
  for (const folder of [wished, elsewhere]) {
    const owner = await ownerOf(join(folder, 'data'));
    if (owner !== null) return openHome(folder, await accountFor(folder, owner));
  }
  const account = await accountFor(wished, null);
  if (await canUse(wished, account)) return openHome(wished, account);
  await rmdir(wished).catch(() => {});
  await openStateDir(stateDir);
  return openHome(elsewhere, account);
}

/** Whether this project has a database already. Makes nothing. */
export async function hasHome(dataDir: string, stateDir = defaultStateDir()): Promise<boolean> {
  const owners = (await placesOf(dataDir, stateDir)).map((folder) => ownerOf(join(folder, 'data')));
  return (await Promise.all(owners)).some((owner) => owner !== null);
}

async function placesOf(dataDir: string, stateDir: string): Promise<readonly [string, string]> {
  const wished = resolve(dataDir);
  return [wished, join(stateDir, `${basename(dirname(wished))}-${await fingerprint(wished)}`)];
}

/** A folder only we and, of necessity, the system can write: for root below /var, else the person's own. */
export function defaultStateDir(): string {
  if (process.platform === 'win32') return join(process.env.LOCALAPPDATA ?? homedir(), 'sitrep');
  if (process.getuid?.() !== 0) return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'sitrep');
  return process.platform === 'darwin' ? '/var/db/sitrep' : '/var/lib/sitrep';
}

/** Makes the state directory; refuses one that another account could fill. */
export async function openStateDir(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const is = await lstat(folder);
  const uid = process.getuid?.();
  if (uid !== undefined && (!is.isDirectory() || is.uid !== uid || (is.mode & 0o022) !== 0))
    throw new Error(`${folder} can be written by others: give it to this account with mode 0755, or set DATABASE_URL.`);
  return folder;
}

async function openHome(folder: string, account: Account): Promise<Home> {
  // Root's home of a database is passed through by the server's account, never listed or written by it.
  await mkdir(folder, { recursive: true, mode: account ? 0o711 : 0o700 });
  const is = await lstat(folder);
  const ours = [process.getuid?.(), account?.uid];
  if (process.getuid && (!is.isDirectory() || !ours.includes(is.uid) || (is.mode & 0o022) !== 0))
    throw new Error(`${folder} belongs to someone else or is open to others: remove it, or set DATABASE_URL.`);
  return { folder, data: join(folder, 'data'), lock: join(folder, 'start.lock'), account };
}

/** Makes a 0700 folder of the server's account. The caller's folder must be ours: a link there would be followed. */
export async function openPrivate(folder: string, account: Account): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EEXIST') throw fault;
  });
  if (account) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
}

const LONGEST_SOCKET = process.platform === 'linux' ? 107 : 103;
export const SOCKET = '.s.PGSQL.5432';

/**
 * The folder of the socket: `run` beside the data, or, when that makes a path the kernel cannot hold, a short private one
 * whose random name is remembered beside the data.
 */
export async function openSocketDir({ folder, account }: Home): Promise<string> {
  const near = join(folder, 'run');
  if (fits(near)) {
    await openPrivate(near, account);
    return near;
  }
  const note = join(folder, 'socket-dir');
  const known = await readFile(note, 'utf8').catch(() => '');
  // Made anew under its old name when a tidy system removed it: pools hold the path.
  if (known)
    await mkdir(known, { mode: 0o700 })
      .then(() => openPrivate(known, account))
      .catch(() => {});
  if (known && (await isPrivate(known, account))) return known;
  const parent = [tmpdir(), '/tmp'].find((place) => fits(join(place, 'sitrep-XXXXXX')));
  const made = await mkdtemp(join(parent ?? '/tmp', 'sitrep-'));
  await openPrivate(made, account);
  await rm(note, { force: true });
  await writeFile(note, made, { flag: 'wx', mode: 0o600 });
  return made;
}

const fits = (folder: string): boolean => Buffer.byteLength(join(folder, SOCKET)) <= LONGEST_SOCKET;

/** A real folder, of the server's account, closed to everyone else. */
export async function isPrivate(folder: string, account: Account): Promise<boolean> {
  const is = await lstat(folder).catch(() => null);
  return is?.isDirectory() === true && is.uid === (account?.uid ?? process.getuid?.()) && (is.mode & 0o077) === 0;
}

/** PostgreSQL refuses to run as root: the owner of the data, else the first unprivileged account there is. */
async function accountFor(folder: string, owner: number | null): Promise<Account> {
  const uid = process.getuid?.();
  if (uid !== 0) {
    if (owner === null || uid === undefined || owner === uid) return null;
    throw new Error(
      `The database in ${folder} belongs to the account ${owner}, and this is ${uid}: start as root or as that account, ` +
        'or set DATABASE_URL.',
    );
  }
  const accounts = parsePasswd(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  const fit = owner === null ? preferred(accounts) : accounts.find((account) => account.uid === owner);
  if (fit) return fit;
  throw new Error(
    `PostgreSQL does not run as root and /etc/passwd has no account for it${owner ? ` (the data belongs to ${owner})` : ''}: ` +
      'start as a plain user, or set DATABASE_URL.',
  );
}

type Named = NonNullable<Account>;
const PREFERRED = ['postgres', 'nobody', 'daemon'];

function preferred(accounts: Named[]): Named | undefined {
  const byName = (name: string) => accounts.find((account) => account.name === name);
  return PREFERRED.map(byName).find((account) => account !== undefined) ?? accounts[0];
}

function parsePasswd(text: string): Named[] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 7)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((account) => account.uid > 0 && Number.isInteger(account.gid));
}

/** Tried, not computed: we can make the folder, and the account can pass through it. */
async function canUse(folder: string, account: Account): Promise<boolean> {
  try {
    await openHome(folder, account);
    const test = join(folder, '.writable');
    await writeFile(test, '');
    await rm(test);
    if (!account) return true;
    return (await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], account)).code === 0;
  } catch {
    return false;
  }
}

const ownerOf = (path: string): Promise<number | null> =>
  lstat(path).then(
    (is) => is.uid,
    () => null,
  );

/** The same for one project however it was reached. */
async function fingerprint(path: string): Promise<string> {
  const parent = await realpath(dirname(path)).catch(() => dirname(path));
  return createHash('sha256')
    .update(join(parent, basename(path)))
    .digest('hex')
    .slice(0, 10);
}
