import { COMMANDS } from './arguments.ts';

/** All commands, or one with its example. */
export function helpText(about: string | null): string {
  const one = about === null ? undefined : COMMANDS[about];
  if (one) return `sitrep ${one.usage}\n\n  ${one.does}\n\n  Example: ${one.example}\n`;
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  const lines = Object.values(COMMANDS).map(({ usage, does }) =>
    usage.length > WIDE
      ? `  ${usage}\n  ${' '.repeat(Math.min(width, WIDE))}  ${does}`
      : `  ${usage.padEnd(Math.min(width, WIDE))}  ${does}`,
  );
  return `Sitrep, the incident commander's Slack bot.\n\nUsage: sitrep <command>\n\n${lines.join('\n')}\n\n${REST}`;
}

/** Longer usages get a line of their own. */
const WIDE = 32;

const REST = `Settings come from the environment (.env.example) and sitrep.yml. Without DATABASE_URL the embedded database is used.
Exit codes: 0 done, 1 something is wrong or failed, 2 not understood.
`;
