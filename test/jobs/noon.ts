/** Domain time in the tests of jobs. */
export const NOON = new Date('2026-03-02T12:00:00Z');
export const after = (ms: number): Date => new Date(+NOON + ms);
