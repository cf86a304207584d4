#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { dropJobs, retryJobs, showJobs } from './cli-jobs.ts';
import { migrateDatabase } from './cli-migrate.ts';
import { exportIncident, redactMessage } from './cli-record.ts';
import { doctor } from './doctor.ts';
import { readEnvironment } from './environment.ts';
import { reasonOf } from './jobs/fault.ts';
import { never } from './lib/result.ts';
import { type Command, readCommand } from './operations/arguments.ts';
import { exitCodeOf, report } from './operations/finding.ts';
import { helpText } from './operations/help.ts';
import { policySchema } from './policy.ts';
import { Refused } from './settings.ts';

// Whoever reads may go before the end (`| head`): that is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));

const asked = readCommand(process.argv.slice(2));
if (asked.ok) process.exitCode = await obey(asked.value);
else process.exitCode = complain([asked.no], 2);

/** The exit code: 0 done, 1 something is wrong or failed. */
async function obey(command: Command): Promise<0 | 1> {
  try {
    return await act(command, readEnvironment());
  } catch (fault) {
    if (fault instanceof Refused) return complain(fault.problems, 1);
    return complain([reasonOf(fault)], 1);
  }
}

async function act(command: Command, env: NodeJS.ProcessEnv): Promise<0 | 1> {
  switch (command.name) {
    case 'start': {
      // Loaded only here: Bolt takes longer to load than most commands take in all.
      const { run } = await import('./run.ts');
      await run(env);
      return 0;
    }
    case 'help':
      return print(helpText(command.about));
    case 'version':
      return print(`${version()}\n`);
    case 'schema':
      return print(`${JSON.stringify(policySchema(), null, 2)}\n`);
    case 'migrate':
      return print(await migrateDatabase(env));
    case 'export':
      return print(await exportIncident(env, command.incident, command.format));
    case 'redact':
      return print(await redactMessage(env, command.incident, command.message));
    case 'jobs':
      return jobs(command, env);
    case 'doctor': {
      const findings = await doctor(env);
      print(report(findings));
      return exitCodeOf(findings);
    }
    default:
      return never(command);
  }
}

async function jobs(command: Command & { name: 'jobs' }, env: NodeJS.ProcessEnv): Promise<0 | 1> {
  if (command.act === 'list') return print(await showJobs(env));
  const { isDone, lines } =
    command.act === 'drop' && command.ids !== 'all'
      ? await dropJobs(env, command.ids)
      : await retryJobs(env, command.ids);
  print(`${lines.join('\n')}\n`);
  return isDone ? 0 : 1;
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

function complain<C extends 1 | 2>(sentences: readonly string[], code: C): C {
  process.stderr.write(sentences.map((one) => `sitrep: ${one}\n`).join(''));
  return code;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `sitrep ${version}, Node ${process.versions.node}`;
}
