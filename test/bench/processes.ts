import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of its own for what is measured; it tells when it is ready and is gone at the end, whatever happens. */
interface Process<T> {
  readonly ready: T;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** `given` reaches the script as JSON; it answers with one message. */
export async function startProcess<T>(
  script: string,
  given: object,
  flags: readonly string[] = [],
): Promise<Process<T>> {
  const child = fork(new URL(`children/${script}`, import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning', ...flags],
    env: { ...process.env, GIVEN: JSON.stringify(given) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const limit = setTimeout(() => child.kill('SIGKILL'), 120_000);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${script} ended before it was ready`);
  });
  ended.catch(() => {});
  const [ready] = (await Promise.race([once(child, 'message'), ended])) as [T];
  clearTimeout(limit);
  return { ready, pid: child.pid, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const limit = setTimeout(() => child.kill('SIGKILL'), 12_000);
  child.send('stop');
  await exited;
  clearTimeout(limit);
}
