import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NextTimer } from '../jobs/store.ts';
import { type Millis, SECOND } from '../lib/duration.ts';
import { no, ok } from '../lib/result.ts';
import type { BotSettings, FromBot, Question, ToBot } from './bot-messages.ts';
import type { BotControl, BotState, Done } from './controls.ts';

export interface BotProcess extends BotControl {
  /** Where it serves health and metrics; null while it does not. */
  readonly origin: string | null;
  /** Undefined: it is down, or did not answer. */
  ask(question: Question): Promise<NextTimer | null | undefined>;
}

interface BotProcessOptions {
  /** What the process runs. */
  readonly file: string | URL;
  /** Asked at every start, once all is loaded. */
  readonly settings: () => Promise<BotSettings>;
  /** Workspace time, for the state. */
  readonly now: () => Date;
  /** Hears one sentence of every change. */
  readonly changed: (what: string) => void;
}

/** A polite stop drains within 10 s; then it is killed, so that a Ctrl-C of the whole ends within them. */
const STOP_WITHIN_MS: Millis = 9 * SECOND;
const ANSWER_WITHIN_MS: Millis = 5 * SECOND;

/** The bot as a child of this process. It writes to this process's output, and leaves when this process is gone. */
export function createBotProcess({ file, settings, now, changed }: BotProcessOptions): BotProcess {
  let state: BotState = { is: 'down', since: now(), why: 'It was not started yet.' };
  let life: Life | null = null;
  let questions = 0;

  const become = (next: Draft, what: string) => {
    state = { ...next, since: now() };
    changed(what);
  };

  function beBorn(): { born: Life; begun: Promise<void> } {
    // Under --watch the parent alone is watched, and starts this one anew.
    const execArgv = process.execArgv.filter((one) => !one.startsWith('--watch'));
    const child = fork(file, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv,
    });
    const gone = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const born: Life = { child, origin: null, why: null, answers: new Map(), begun: begun.resolve, gone: gone.promise };
    const end = (how: string) => {
      life = null;
      const why = born.why ?? `It ended by itself (${how}): its last lines in the terminal say why.`;
      become({ is: 'down', why }, `the bot is down: ${why}`);
      for (const answer of born.answers.values()) answer(undefined);
      begun.resolve();
      gone.resolve();
    };
    child.on('message', (message: FromBot) => hear(born, message));
    child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
    child.on('error', (fault) => {
      if (child.pid === undefined) end(fault.message);
    });
    return { born, begun: begun.promise };
  }

  function hear(from: Life, message: FromBot): void {
    switch (message.is) {
      case 'loaded':
        settings().then(
          (given) => tell(from, { is: 'settings', settings: given }),
          (fault: unknown) => {
            from.why = `It got no settings: ${String(fault)}.`;
            from.child.kill('SIGKILL');
          },
        );
        return;
      case 'serving':
        from.origin = message.origin;
        if (state.is === 'starting') become({ is: 'running', pid: from.child.pid ?? 0 }, 'the bot serves');
        from.begun();
        return;
      case 'refused':
        from.why = message.why;
        return;
      case 'answer':
        from.answers.get(message.question)?.(message.timer);
        return;
      default:
        // What `node --watch` wants to be told of by every process.
        process.send?.(message);
    }
  }

  const start = async (): Promise<Done> => {
    if (state.is !== 'down') return no(`The bot is ${state.is} already.`);
    const { born, begun } = beBorn();
    life = born;
    become({ is: 'starting' }, 'the bot is being started');
    await begun;
    return born.origin ? ok(undefined) : no(born.why ?? 'The bot ended while it was being started.');
  };

  const end = async (how: 'stop' | 'kill'): Promise<Done> => {
    const dying = life;
    if (!dying) return no(`The bot is down already: ${how === 'stop' ? 'nothing to stop' : 'nothing to kill'}.`);
    if (how === 'kill') {
      dying.why = 'It was killed by hand (kill -9).';
      dying.child.kill('SIGKILL');
      await dying.gone;
      return ok(undefined);
    }
    dying.why = 'It was stopped by hand.';
    become({ is: 'stopping' }, 'the bot is asked to stop');
    tell(dying, { is: 'stop' });
    const enough = new AbortController();
    const late = sleep(STOP_WITHIN_MS, 'late', { signal: enough.signal }).catch(() => 'gone');
    if ((await Promise.race([dying.gone, late])) === 'late') {
      dying.why = 'It did not stop in time, and was killed.';
      dying.child.kill('SIGKILL');
    }
    enough.abort();
    await dying.gone;
    return ok(undefined);
  };

  return {
    get state() {
      return state;
    },
    get origin() {
      return life?.origin ?? null;
    },
    start,
    stop: () => end('stop'),
    kill: () => end('kill'),
    restart: async () => {
      if (life) await end('kill');
      return start();
    },
    ask: async (question) => {
      const asked = life;
      if (!asked?.origin) return undefined;
      questions += 1;
      const number = questions;
      const answered = new Promise<NextTimer | null | undefined>((resolve) => asked.answers.set(number, resolve));
      tell(asked, { ...question, question: number });
      const late = sleep(ANSWER_WITHIN_MS, undefined, { ref: false });
      return Promise.race([answered, late]).finally(() => asked.answers.delete(number));
    },
  };
}

interface Life {
  readonly child: ChildProcess;
  origin: string | null;
  /** Why it will have ended. */
  why: string | null;
  readonly answers: Map<number, (timer: NextTimer | null | undefined) => void>;
  /** To be called when it serves. */
  readonly begun: () => void;
  readonly gone: Promise<void>;
}

type Draft = BotState extends infer S ? (S extends BotState ? Omit<S, 'since'> : never) : never;

/** To whom is just dying nothing can be said; its end will be heard. */
const tell = ({ child }: Life, message: ToBot): void => void child.send(message, () => {});
