import { existsSync } from 'node:fs';

/** The environment of this process; a `.env` in the working folder fills in what is not set. */
export function readEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
