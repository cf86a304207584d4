/** Why the process is not, or not fully, ready. */
export interface Reason {
  readonly what: 'database' | 'migrations' | 'socket' | 'slack';
  /** One sentence that ends with the next step. */
  readonly says: string;
}

/** Whether others should answer in this process's place. A fault of Slack's API is theirs too, so it pulls nobody. */
export const isDown = ({ what }: Reason): boolean => what !== 'slack';

/** Without any socket for so long the process hears nothing. */
const SOCKETLESS_MS = 60_000;

export function socketReasons(state: { withoutMs: number; problem: string | null }): Reason[] {
  const because = state.problem ?? 'no reason known yet';
  if (state.withoutMs >= SOCKETLESS_MS)
    return [{ what: 'socket', says: `No socket to Slack for ${Math.round(state.withoutMs / 1_000)} s: ${because}` }];
  return state.problem ? [{ what: 'slack', says: state.problem }] : [];
}

export const readyBody = (reasons: readonly Reason[]) => ({ ready: !reasons.some(isDown), reasons });
