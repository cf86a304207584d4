import { expect, test } from '@jest/globals';
import { testServer } from '../support/database.ts';
import { guestGround, openFolder } from './ground.ts';
import { POLICY_YAML } from './policy.ts';
import { report } from './report.ts';
import { soak } from './soak.ts';

const NEVER = Number.POSITIVE_INFINITY;

test('two processes that are killed, stopped and cut off lose nothing and do nothing twice', async () => {
  const { folder, policyFile, remove } = await openFolder(POLICY_YAML);
  const ground = await guestGround(testServer());
  try {
    const outcome = await soak({
      seed: 7,
      stormMs: 7_000,
      processes: 2,
      mode: 'http',
      ground,
      cwd: folder,
      policyFile,
      rhythm: {
        kill: 900,
        stop: 6_000,
        cut: 4_000,
        restart: NEVER,
        slackDown: 5_000,
        call: 1_500,
        event: 1_000,
        socket: NEVER,
        clock: 1_500,
        late: NEVER,
        channel: NEVER,
      },
      pace: [60, 300],
      declareEveryMs: 2_000,
      // Slack goes on trying longer than it would, so that nothing has to be found again in history.
      retryDelaysMs: [200, 500, 1_000, 2_000, 3_000, 5_000, 5_000, 10_000],
      rereads: false,
    });
    const said = report(outcome, 'npm test -- test/soak/round.test.ts');
    expect(outcome.findings.length === 0 ? '' : said).toBe('');
    expect(outcome.evidence.incidents.length).toBeGreaterThan(0);
    expect(outcome.evidence.kills.length).toBeGreaterThan(0);
  } finally {
    await ground.close();
    await remove();
  }
}, 120_000);
