// npm run bench: what durability costs, beside bare baselines in the same run.
//   -- --only <name>              one bench: acks, events, jobs, reminders, opening, growth
//   -- --write                   writes docs/benchmarks.md
//   -- --profile <folder>        CPU profiles of the bot's processes
import { writeFile } from 'node:fs/promises';
import { benchAcks } from './acks.ts';
import { benchEvents } from './events.ts';
import { type Ground, onGround } from './ground.ts';
import { benchGrowth } from './growth.ts';
import { benchJobs } from './jobs.ts';
import { describeMachine } from './machine.ts';
import { benchOpening } from './opening.ts';
import { benchPage } from './page.ts';
import { benchReminders } from './reminders.ts';
import { document, markdown, type Section } from './report.ts';

const BENCHES: Record<string, (ground: Ground) => Promise<Section>> = {
  acks: benchAcks,
  events: benchEvents,
  jobs: benchJobs,
  reminders: benchReminders,
  opening: benchOpening,
  growth: benchGrowth,
  page: benchPage,
};

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const after = (flag: string) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  const only = after('--only');
  if (only && !(only in BENCHES)) throw new Error(`--only takes one of ${Object.keys(BENCHES).join(', ')}`);
  if (only && args.includes('--write')) throw new Error('--write takes the whole run: leave out --only');
  const profiles = after('--profile');
  await onGround(profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [], async (ground) => {
    const machine = await describeMachine(ground.db);
    console.log(machine);
    const sections: Section[] = [];
    for (const [name, bench] of Object.entries(BENCHES)) {
      if (only && name !== only) continue;
      const section = await bench(ground);
      sections.push(section);
      console.log(`\n${markdown(section)}`);
    }
    if (args.includes('--write')) await writeFile('docs/benchmarks.md', document(machine, sections));
  });
}
