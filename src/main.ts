import { readEnvironment } from './environment.ts';
import { run } from './run.ts';

await run(readEnvironment());
