// A wire to the database that loses what hurts most: the answer to a COMMIT, or everything, without a word.
import { connect, createServer, type Socket } from 'node:net';
import { listenAnywhere } from '../outside/free-port.ts';

export type LossyWire = {
  /** The database's address by way of the wire. */
  url: string;
  /** Asked at each COMMIT: whether its answer is lost, and the connection with it. */
  loseCommits(isLost: () => boolean): void;
  /** While silent no byte passes; what was silent once is dead. */
  silence(isSilent: boolean): void;
  /** How many answers were lost. */
  lost(): number;
  close(): Promise<void>;
};

export async function openLossyWire(databaseUrl: string): Promise<LossyWire> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isLost = () => false;
  let isSilent = false;
  let lost = 0;
  const server = createServer((inner) => {
    const outer = connect(Number(target.port), target.hostname);
    let isCommitting = false;
    inner.on('data', (chunk) => {
      if (isSilent) return;
      if (chunk.includes('COMMIT\0') && isLost()) isCommitting = true;
      outer.write(chunk);
    });
    outer.on('data', (chunk) => {
      if (isSilent) return;
      if (!isCommitting) return void inner.write(chunk);
      // The server has committed; nobody will hear of it.
      lost += 1;
      inner.destroy();
    });
    for (const [from, to] of [[inner, outer] as const, [outer, inner] as const]) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const port = new URL(await listenAnywhere(server)).port;
  return {
    url: Object.assign(new URL(databaseUrl), { port }).href,
    loseCommits: (ask) => {
      isLost = ask;
    },
    silence: (silent) => {
      isSilent = silent;
      if (!silent) for (const socket of sockets) socket.destroy();
    },
    lost: () => lost,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
