import { z } from 'zod';
import { outOfRange } from '../lib/when.ts';

/** "When did it start?" of the forms: seconds, of this age and not of the future. */
export const startedAt = (now: Date) =>
  z
    .number()
    .nullable()
    .default(null)
    .transform((seconds) => (seconds === null ? null : new Date(seconds * 1000)))
    .refine((at) => at === null || outOfRange(at, now) !== 'future', 'It cannot have started in the future.')
    .refine((at) => at === null || outOfRange(at, now) !== 'long ago', 'It cannot have started so long ago.');
