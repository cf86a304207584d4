// Jest's transform: TypeScript with its types stripped, exactly as `node src/main.ts` runs it.
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
