import { type IncidentId, refOf } from '../lib/ids.ts';
import { listed } from '../lib/text.ts';

/** `latest`: the newest first, one more than are named when there are more. */
export function unknownIncident(asked: IncidentId, latest: readonly IncidentId[]): string {
  if (latest.length === 0)
    return `There is no ${refOf(asked)}: no incident was ever declared in this database. Does DATABASE_URL name the right one?`;
  const named = latest.slice(0, NAMED).map(refOf);
  const which = latest.length > NAMED ? `the latest are ${listed(named)}` : `there is ${listed(named)}`;
  return `There is no ${refOf(asked)}; ${which}.`;
}

const NAMED = 10;
