// node test/prove/round.ts <server as JSON> <scene> <http|socket> <on time|an hour behind> <file>: plays one scene in the
// folder it is started in, broken or not, and writes what the soak's checker found.
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { guestGround, openFolder } from '../soak/ground.ts';
import { POLICY_YAML } from '../soak/policy.ts';
import { soak } from '../soak/soak.ts';
import { type Scene, scenes } from './scenes.ts';

const [server = '', name = '', mode, clock, file = ''] = process.argv.slice(2);
if (clock === 'an hour behind') await import('./clock-behind.ts');
const scene: Scene = scenes[name as keyof typeof scenes];
const { folder, policyFile, remove } = await openFolder(POLICY_YAML);
const ground = await guestGround(JSON.parse(server));
try {
  const { findings } = await soak({
    seed: 7,
    stormMs: 0,
    rhythm: 'calm',
    pace: null,
    processes: scene.processes,
    mode: mode === 'socket' ? 'socket' : 'http',
    ground,
    cwd: folder,
    policyFile,
    declareEveryMs: 0,
    // Slack goes on trying longer than it would, so that nothing has to be found again in history.
    retryDelaysMs: [200, 500, 1_000, 2_000, 3_000, 5_000, 5_000],
    rereads: false,
    scene: scene.play,
    restWithinMs: 25_000,
    ...(scene.graceMs !== undefined && { graceMs: scene.graceMs }),
    ...(clock === 'an hour behind' && {
      env: { NODE_OPTIONS: `--import=${pathToFileURL('test/prove/clock-behind.ts')}` },
    }),
  });
  await writeFile(file, JSON.stringify(findings));
} finally {
  await ground.close();
  await remove();
}
process.exit();
