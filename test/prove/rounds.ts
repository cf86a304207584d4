import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { type Embedded, startEmbeddedPostgres } from '../../src/db/embedded.ts';
import type { Finding } from '../soak/evidence.ts';
import { openFolder } from '../soak/ground.ts';
import { runNode } from './child.ts';
import type { Round } from './sabotage.ts';

/** What the soak's checker found, or why nothing was tried. */
type Played = { readonly findings: readonly Finding[] } | { readonly broke: string };

/** Rounds of the soak, each in a database of its own on one server. */
export interface Rounds {
  play(root: string, round: Round): Promise<Played>;
  close(): Promise<void>;
}

/** A round comes to rest within a minute or never. */
const ROUND_LIMIT_MS = 150_000;

export async function openRounds(): Promise<Rounds> {
  const { folder, remove } = await openFolder('');
  const server: Embedded = await startEmbeddedPostgres({
    dataDir: join(folder, 'pg'),
    stateDir: join(folder, 'state'),
    log: pino({ level: 'silent' }),
    fsync: false,
  });
  return {
    play: async (root, { scene, mode = 'http', clock = 'on time' }) => {
      const report = join(root, 'findings.json');
      await rm(report, { force: true });
      const told = [JSON.stringify(server.config), scene, mode, clock, report];
      const said = await runNode(root, ['test/prove/round.ts', ...told], ROUND_LIMIT_MS);
      const json = await readFile(report, 'utf8').catch(() => null);
      return json === null ? { broke: `the round did not end: ${said.slice(-2_000)}` } : { findings: JSON.parse(json) };
    },
    close: async () => {
      await server.stop();
      await remove();
    },
  };
}

export const nameOf = ({ scene, mode, clock }: Round): string =>
  `"${[scene, ...(mode ? [`over ${mode}`] : []), ...(clock ? [`clocks ${clock}`] : [])].join(', ')}"`;
