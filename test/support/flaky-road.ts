import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';

export interface FlakyRoad {
  port: number;
  /** From now on: pass everything; swallow everything; or deliver COMMIT and hang up before its answer, always or once. */
  is: 'good' | 'silent' | 'cut-after-commit' | 'cut-after-one-commit';
  close(): Promise<void>;
}

/** A road to PostgreSQL, over loopback, that can fail the way networks do. */
export async function flakyRoad(server: { host: string; port: number }): Promise<FlakyRoad> {
  const sockets = new Set<Socket>();
  const door = createServer((near) => {
    const far = server.host.startsWith('/')
      ? dial(join(server.host, `.s.PGSQL.${server.port}`))
      : dial(server.port, server.host);
    let isCommitting = false;
    near.on('data', (chunk) => {
      if (road.is === 'silent') return;
      if (road.is.startsWith('cut') && /commit/i.test(chunk.toString('latin1'))) {
        isCommitting = true;
        if (road.is === 'cut-after-one-commit') road.is = 'good';
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (isCommitting) near.destroy();
      else if (road.is !== 'silent') near.write(chunk);
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
    }
  });
  const road: FlakyRoad = {
    port: 0,
    is: 'good',
    close: async () => {
      for (const socket of sockets) socket.destroy();
      door.close();
      await once(door, 'close');
    },
  };
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address();
  if (typeof address === 'object' && address) road.port = address.port;
  return road;
}
