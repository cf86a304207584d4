import './compile-cache.mjs';

const [{ readEnvironment }, { run }] = await Promise.all([import('./environment.ts'), import('./run.ts')]);

await run(readEnvironment());
