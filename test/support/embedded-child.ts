// A process with an embedded server: prints what it got as one line of JSON, stops politely when its stdin ends.
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { module: { type: 'string' }, data: { type: 'string' }, state: { type: 'string' } },
});
const { module = '', data: dataDir = '', state: stateDir = '' } = values;
const quiet = () => {};
const log = { info: quiet, warn: quiet, error: quiet };

const { startEmbeddedPostgres }: typeof import('../../src/db/embedded.ts') = await import(module);
const server = await startEmbeddedPostgres({ dataDir, stateDir, log }).catch((fault: Error) => {
  console.log(JSON.stringify({ fault: fault.message }));
  process.exit(1);
});
const { config, url, adopted, home } = server;
console.log(JSON.stringify({ config, url, adopted, home }));
process.stdin.resume().once('end', () => {
  server.stop().then(() => process.exit(0));
});
