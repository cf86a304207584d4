import { type Level, type Logger, pino } from 'pino';
import { scrubber } from './lib/secrets.ts';
import { faultFields } from './slack/quiet.ts';

/**
 * One JSON line an event. Secrets are taken out of the finished line, because they come in errors, in bindings of child
 * loggers and in answers of others, and no list of paths knows them all. Of a fault only what `faultFields` names is kept.
 */
export function createLog(
  level: Level | 'silent',
  destination: { write(line: string): unknown } = pino.destination({ fd: 1, sync: true }),
  secrets: readonly string[] = [],
): Logger {
  const scrub = scrubber(secrets);
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: faultFields },
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => void destination.write(scrub(line)) },
  );
}
