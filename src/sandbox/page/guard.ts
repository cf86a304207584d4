import type { MiddlewareHandler } from 'hono';

/** Nothing foreign runs: no script, style or connection but the page's own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For this machine's browser only: other names for it (DNS rebinding) and other sites' forms are refused. */
export const guard: MiddlewareHandler = async (c, next) => {
  const { host } = new URL(c.req.url);
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)) {
    return c.text('The local Slack answers only under localhost.', 403);
  }
  const origin = c.req.header('origin');
  const isForeign = origin !== undefined && originHost(origin) !== host;
  if (c.req.method !== 'GET' && (isForeign || c.req.header('sec-fetch-site') === 'cross-site')) {
    return c.text('This came from another site.', 403);
  }
  await next();
  c.header('content-security-policy', POLICY);
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'no-referrer');
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  return undefined;
};

function originHost(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
