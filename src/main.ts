import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What was compiled once, types taken out, is not compiled again: a start takes half the work, and Node's compiler of
// types, 18 MB of it, is not even loaded. Where the folder cannot be written everything works as without it.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const [{ readEnvironment }, { run }] = await Promise.all([import('./environment.ts'), import('./run.ts')]);

await run(readEnvironment());
