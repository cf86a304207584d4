// A worker in a process of its own, to be killed. Says on stdout what it has begun; jobs named `hang` never end.
import pino from 'pino';
import { connect } from '../../src/db/connect.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { NOON } from './noon.ts';

const config = JSON.parse(process.env.CONFIG ?? '');
const log = pino({ level: 'silent' });

startWorker({
  db: connect({ config, log }),
  config,
  log,
  now: () => NOON,
  handlers: {
    'recheck-person': async ({ did }, attempt) => {
      console.log('begun', did);
      if (did !== 'hang') return;
      // Until it is stopped and continued: it then asks whether the job is still its own.
      while (attempt.isStillMine?.()) await new Promise((resolve) => setTimeout(resolve, 20));
      console.log('gone', did);
    },
  },
});
