import { z } from 'zod';

/** "When did it start?" of the forms: seconds, of this age and not of the future. */
export const startedAt = (now: Date) =>
  z
    .number()
    .nullable()
    .default(null)
    .transform((seconds) => (seconds === null ? null : new Date(seconds * 1000)))
    .refine((at) => at === null || at <= now, 'It cannot have started in the future.')
    .refine((at) => at === null || at.getTime() > 0, 'It cannot have started so long ago.');
