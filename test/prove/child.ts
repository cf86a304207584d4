import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs node in the folder and gives back the last it said. Beyond the limit it is ended with all it started. */
export async function runNode(root: string, args: readonly string[], limitMs: number): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    // A group of its own, so that a hanging run can be ended with what it started.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'silent' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000);
    });
  const endGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const limit = setTimeout(endGroup, limitMs);
  process.once('exit', endGroup);
  await once(child, 'exit');
  clearTimeout(limit);
  process.removeListener('exit', endGroup);
  return said;
}
