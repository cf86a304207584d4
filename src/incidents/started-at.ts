import { z } from 'zod';
import { outOfRange } from '../lib/when.ts';

/** A time that a form asks for: seconds, of this age and not of the future. */
export const pastInstant = (now: Date, no: { readonly future: string; readonly longAgo: string }) =>
  z
    .number()
    .nullable()
    .default(null)
    .transform((seconds) => (seconds === null ? null : new Date(seconds * 1000)))
    .refine((at) => at === null || outOfRange(at, now) !== 'future', no.future)
    .refine((at) => at === null || outOfRange(at, now) !== 'long ago', no.longAgo);

/** "When did it start?" */
export const startedAt = (now: Date) =>
  pastInstant(now, {
    future: 'It cannot have started in the future.',
    longAgo: 'It cannot have started so long ago.',
  });
