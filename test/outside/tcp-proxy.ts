// A wire to the database that can be cut: everything on it breaks, and new calls are refused until it is mended.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenAnywhere } from './free-port.ts';

export type Wire = {
  /** The database's address by way of the wire. */
  url(databaseUrl: string): string;
  /** `refuse`: closed port. `silence`: connections stand, but not a byte passes. */
  cut(how?: 'refuse' | 'silence'): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
};

export async function openWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((inner) => {
    const outer = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (isSilent || to.write(chunk)));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const port = Number(new URL(await listenAnywhere(server)).port);
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const refuse = async () => {
    if (!server.listening) return;
    server.close();
    hangUp();
    await once(server, 'close');
  };
  return {
    url: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    cut: async (how = 'refuse') => {
      if (how === 'silence') isSilent = true;
      else await refuse();
    },
    mend: async () => {
      isSilent = false;
      // What was cut while it was silent does not come back to life.
      hangUp();
      if (server.listening) return;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: refuse,
  };
}
