/** Workers listen here; the word travels with the commit. */
export const CHANNEL = 'jobs';
