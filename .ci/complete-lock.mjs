// Writes into package-lock.json the optional platform packages which the registry at hand does not carry.
// npm leaves such packages out of the lock and `npm ci` then refuses it ("Missing: … from lock file").
// Their versions are the exact ones their parents name; npm skips them wherever os or cpu do not fit.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const missing = Object.values(lock.packages)
  .flatMap((parent) => Object.entries(parent.optionalDependencies ?? {}))
  .filter(([name]) => !lock.packages[`node_modules/${name}`]);

for (const [name, version] of missing) {
  lock.packages[`node_modules/${name}`] = { version, optional: true, ...platformOf(name) };
}
for (const entry of Object.values(lock.packages)) delete entry.resolved;
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} platform packages added to the lock`);

function platformOf(name) {
  const words = name.split(/[/@-]/);
  const os = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony'].filter((o) => words.includes(o));
  const cpu = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'wasm32'].filter((c) =>
    words.includes(c),
  );
  return { ...(os.length > 0 && { os }), ...(cpu.length > 0 && { cpu }) };
}
