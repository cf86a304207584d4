import { existsSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { type Config, DEFAULT_CONFIG_FILE, parseConfig, secretsOf } from './config.ts';
import { createLog } from './log.ts';
import { defaultPolicy, type Policy, parsePolicy } from './policy.ts';

export interface Settings {
  readonly config: Config;
  readonly policy: Policy;
  readonly log: Logger;
}

/** A start that was refused: every problem in one go, each with its next step. */
export class Refused extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Environment and policy file; throws Refused with all problems of both. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const config = parseConfig(env);
  const policy = readPolicy(env.SITREP_CONFIG?.trim() || null);
  const problems = [...(config.ok ? [] : config.no), ...('problems' in policy ? policy.problems : [])];
  if (!config.ok || 'problems' in policy) throw new Refused(problems);
  return {
    config: config.value,
    policy: policy.policy,
    log: createLog(config.value.logLevel, undefined, secretsOf(config.value)),
  };
}

/** `null`: sitrep.yml when it is there, else the built-in defaults. */
export function readPolicy(file: string | null): { policy: Policy } | { problems: readonly string[] } {
  const name = file ?? DEFAULT_CONFIG_FILE;
  if (!existsSync(name))
    return file === null
      ? { policy: defaultPolicy }
      : { problems: [`SITREP_CONFIG names ${name}, which does not exist: create it, or unset the variable.`] };
  const parsed = parsePolicy(readFileSync(name, 'utf8'), name);
  return parsed.ok ? { policy: parsed.value } : { problems: parsed.no };
}
