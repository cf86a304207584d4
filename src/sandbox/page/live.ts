import type { IncomingMessage } from 'node:http';
import type { Journal } from '../journal.ts';

/** A stream that says "changed" after every change of the workspace. It ends when its server no longer listens. */
export function liveStream(journal: Journal, request: IncomingMessage | undefined): Response {
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const say = (text: string) => controller.enqueue(new TextEncoder().encode(text));
      const unhear = journal.onChange(() => say('data: changed\n\n'));
      let beats = 0;
      const pulse = setInterval(() => {
        if (!isClosing(request)) {
          beats += 1;
          if (beats % 60 === 0) say(': still here\n\n');
          return;
        }
        stop();
        controller.close();
      }, 250);
      pulse.unref();
      stop = () => {
        clearInterval(pulse);
        unhear();
      };
      say('retry: 1000\n\n');
    },
    cancel: () => stop(),
  });
  // Not kept for another request: when the stream ends, so does the connection.
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' };
  return new Response(body, { headers });
}

/** A server that is being closed waits for its connections: one that would never end must end itself. */
function isClosing(request: IncomingMessage | undefined): boolean {
  const socket: unknown = request?.socket;
  if (typeof socket !== 'object' || socket === null || !('server' in socket)) return false;
  const { server } = socket;
  return typeof server === 'object' && server !== null && 'listening' in server && server.listening === false;
}
