import { spawn } from 'node:child_process';

/** The operating system's account a program runs as; null: our own. */
export type Account = { uid: number; gid: number; name: string } | null;

interface Ran {
  /** Null when a signal ended it. */
  code: number | null;
  /** stdout and stderr, as they came. */
  output: string;
  stdout: string;
}

/** Runs a program to its end, in a group of its own: Ctrl-C in the terminal must not cut an initdb short. Rejects when it cannot start. */
export function run(command: string, args: string[], account: Account): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...spawnAs(account), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const ran: Ran = { code: null, output: '', stdout: '' };
    child.stdout.on('data', (chunk) => {
      ran.stdout += chunk;
      ran.output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      ran.output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...ran, code }));
  });
}

/** `cwd: '/'`: the account may not be allowed to enter the folder we stand in. Locale C: errors are read by us. */
export function spawnAs(account: Account) {
  const windows = process.platform === 'win32';
  const env = windows ? process.env : { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  return { env, ...(windows ? {} : { cwd: '/' }), ...(account ? { uid: account.uid, gid: account.gid } : {}) };
}
