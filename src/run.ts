import { giveBackMemory } from './give-back.ts';
import { reasonOf } from './jobs/fault.ts';
import { databaseFault } from './operations/database-fault.ts';
import { Refused, readSettings } from './settings.ts';
import { start } from './start.ts';

/** What a polite stop may take; then the process leaves, and others take over what was left. */
const STOP_WITHIN_MS = 10_000;

const SAME_WITHIN_MS = 500;

/** The bot as a process: runs until it is asked to stop, and ends the process with 0 or 1. */
export async function run(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const settings = readSettings(env);
    const running = start(settings);
    let askedAt: number | null = null;
    const leave = (signal: string) => {
      // A second Ctrl-C is an order; the same one may come twice, from the terminal and by way of `node --watch`.
      if (askedAt !== null && performance.now() - askedAt > SAME_WITHIN_MS) process.exit(1);
      if (askedAt !== null) return;
      askedAt = performance.now();
      settings.log.info({ signal }, 'asked to stop');
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      // Asked in the middle of the start, it ends that first: a database half begun would stay behind.
      running
        .then((whole) => whole.stop())
        .then(
          () => process.exit(0),
          (fault: unknown) => {
            settings.log.error({ err: fault }, 'the stop was not clean');
            process.exit(1);
          },
        );
    };
    process.on('SIGTERM', leave);
    process.on('SIGINT', leave);
    if (env.npm_lifecycle_event) leaveWithParent(leave);
    await running;
    giveBackMemory();
  } catch (fault) {
    const problems =
      fault instanceof Refused ? fault.problems : [databaseFault(fault, 'DATABASE_URL') ?? reasonOf(fault)];
    console.error(`Sitrep did not start:\n${problems.map((one) => `  • ${one}`).join('\n')}`);
    // A fault nobody foresaw is for whoever mends it; what is known has said its way out.
    if (env.LOG_LEVEL === 'debug' || env.LOG_LEVEL === 'trace') console.error(fault);
    process.exit(1);
  }
}

/** npm's shell dies of a SIGTERM without passing it on; the bot must not serve on as an orphan. */
function leaveWithParent(leave: (why: string) => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    leave('the shell that started us is gone');
  }, 500);
  watch.unref();
}
