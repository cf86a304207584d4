import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What was compiled once, types taken out, is not compiled again: a start takes half the work. Loaded before main.ts
// (node --import), and no TypeScript itself, so that Node's compiler of types is not even loaded: 11 MB. Where the
// folder cannot be written everything works as without it.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
