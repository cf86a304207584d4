import { parse } from 'node:querystring';

/** A body of Slack's, decoded by its content type. Throws on what is neither JSON nor a form of Slack's. */
export function decodeBody(rawBody: Buffer, contentType: string | undefined): unknown {
  const text = rawBody.toString('utf8');
  if (!isForm(contentType)) return JSON.parse(text);
  const form = parse(text);
  return typeof form.payload === 'string' ? JSON.parse(form.payload) : { ...form };
}

export const isForm = (contentType: string | undefined): boolean =>
  contentType?.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';

/** Slack probes a command's address so, unsigned and without a request in it. */
export const isSslCheck = (rawBody: Buffer, contentType: string | undefined): boolean =>
  isForm(contentType) && rawBody.length < 2_000 && parse(rawBody.toString('utf8')).ssl_check === '1';

/** `Port 3000 …`: what to say, and to do, when the server cannot listen. */
export function listenFault(fault: unknown, host: string, port: number): Error {
  const { code } = fault as { code?: unknown };
  if (code === 'EADDRINUSE')
    return new Error(
      `Port ${port} on ${host} is in use by another program: stop that one, or set PORT to a free port.`,
      { cause: fault },
    );
  if (code === 'EACCES')
    return new Error(`Port ${port} on ${host} needs more rights: set PORT to one above 1023.`, { cause: fault });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Error(`${host} is no address of this machine: set HOST to one that is, for instance 0.0.0.0.`, {
      cause: fault,
    });
  return new Error(`Listening on ${host}:${port} failed (${String(code)}): check HOST and PORT.`, { cause: fault });
}
