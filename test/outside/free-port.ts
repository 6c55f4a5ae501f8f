// Ports of this machine that nobody uses.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const url = await listenAnywhere(server);
  server.close();
  await once(server, 'close');
  return Number(new URL(url).port);
}

/** Listens on any free port of 127.0.0.1; gives http://127.0.0.1:port. */
export async function listenAnywhere(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return `http://127.0.0.1:${address.port}`;
}
