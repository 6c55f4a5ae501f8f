// Clients that mean harm by being slow: they drip, stall, or never listen. None of them ever hangs up.
import { connect, type Socket } from 'node:net';

export type Slow = { socket: Socket; kind: string; heard: () => string; isOver: () => boolean };

const post = (path: string, length: number, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}Content-Length: ${length}\r\n\r\n`;

type Kind = {
  says: string;
  /** One byte of it at each tick, over and over. */
  drips?: string;
  isDeaf?: true;
};

const form = 'Content-Type: multipart/form-data; boundary=x\r\n';
export const kinds: Readonly<Record<string, Kind>> = {
  'says nothing': { says: '' },
  'drips its headers': { says: 'GET /healthz HTTP/1.1\r\nHost: x\r\n', drips: 'X-A: b\r\n' },
  'drips its address': { says: 'GET /', drips: 'a' },
  'drips a webhook': { says: post('/webhooks/zalo', 100_000), drips: '{"a":1}' },
  'stops in the middle of a webhook': { says: `${post('/webhooks/messenger', 500_000)}${'a'.repeat(50_000)}` },
  'drips chunks': {
    says: 'POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
    drips: '1\r\na\r\n',
  },
  'drips a file without a key': {
    says: `POST /api/v1/imports HTTP/1.1\r\nHost: x\r\n${form}Content-Length: 9000000\r\n\r\n--x\r\n`,
    drips: 'a',
  },
  'drips on after its refusal': { says: post('/api/v1/orders', 100_000), drips: ' ' },
  'never reads the answers': {
    says: 'GET /api/docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(12),
    isDeaf: true,
  },
};

/** So many of one kind, connected; those that drip do so every `dripMs`. */
export async function sendSlow(port: number, kind: string, count: number, dripMs = 20): Promise<Slow[]> {
  return await Promise.all(Array.from({ length: count }, () => sendOne(port, kind, dripMs)));
}

function sendOne(port: number, kind: string, dripMs: number): Promise<Slow> {
  const { says, drips, isDeaf } = kinds[kind] ?? { says: '' };
  let heard = '';
  let isOver = false;
  return new Promise((resolve, reject) => {
    let place = 0;
    let drip: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false }, () => {
      socket.write(says, 'latin1');
      if (isDeaf) socket.pause();
      // Not before: what is written to a connection that is still being made goes ahead of the head.
      if (drips !== undefined) drip = setInterval(dripOn, dripMs, drips);
      resolve({ socket, kind, heard: () => heard, isOver: () => isOver });
    });
    const dripOn = (letters: string) => {
      if (socket.destroyed || !socket.writable) return;
      socket.write(letters[place % letters.length] ?? '');
      place += 1;
    };
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.on('error', (error) => {
      // A deaf one hears of its end only by this.
      isOver = true;
      reject(error);
    });
    socket.on('close', () => {
      isOver = true;
      clearInterval(drip);
    });
  });
}
