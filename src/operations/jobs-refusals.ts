interface Job {
  readonly state: 'waiting' | 'running' | 'parked';
  readonly kind: string;
}

const missing = (id: number): string => `There is no job ${id}: it is done, or never was. See sitrep jobs.`;

export function notRetried(id: number, job: Job | null): string {
  if (job === null) return missing(id);
  if (job.state === 'parked')
    return `Job ${id} (${job.kind}) was promised anew since and its successor waits: strike this one with sitrep jobs drop ${id}.`;
  return `Job ${id} (${job.kind}) is ${job.state}, not given up: it needs no retry.`;
}

export function notDropped(id: number, job: Job | null): string {
  if (job === null) return missing(id);
  if (job.state === 'running')
    return `Job ${id} (${job.kind}) is running: wait until it is done or given up, see sitrep jobs.`;
  return `Job ${id} (${job.kind}) has not failed and will be done in its time: only what failed can be struck.`;
}
