import pg from 'pg';

/** The server's own faults carry a severity, its sockets a system code, its pool and time-outs only words. */
export function isDatabaseFault(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  const { severity, code } = fault as { severity?: unknown; code?: unknown };
  if (severity !== undefined || /^(ECONN|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_)/.test(String(code))) return true;
  return (
    fault.name === 'OutcomeUnknown' ||
    /timeout|connection terminated|connection ended|not queryable/i.test(fault.message)
  );
}

/** It was away, busy or slow; not that it refused this statement or this data, which it would refuse for ever. */
export function isDatabaseAway(fault: unknown): boolean {
  if (!isDatabaseFault(fault)) return false;
  const { severity, code } = fault as { severity?: unknown; code?: unknown };
  return severity === undefined || /^(08|25|40|53|55|57|58)/.test(String(code));
}

/**
 * The connection was there and broke, or the server is just coming up: another one may do. Not a server that is not
 * found, and not one that refuses us.
 */
export function isConnectionCut(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  const { code } = fault as { code?: unknown };
  if (/^(08|57P|ECONNRESET$|EPIPE$)/.test(String(code)) || /connection terminated|not queryable/i.test(fault.message))
    return true;
  return isConnectionCut(fault.cause);
}

/** Data exceptions, broken constraints, exceeded limits: the same row would be refused again. */
export const isDataFault = (fault: unknown): fault is pg.DatabaseError =>
  fault instanceof pg.DatabaseError && /^(22|23|54)/.test(fault.code ?? '');
