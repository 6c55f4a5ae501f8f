// An internet in this process: every connection that anybody makes is written down by its address; those to the addresses
// of the pretend servers reach a real one on loopback, all others are refused. Names are answered by the test.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP, type LookupFunction, Socket } from 'node:net';
import { z } from 'zod';
import type { Resolve, ResolvedAddress } from '../../../src/channels/media/safe-connect.ts';

export const PUBLIC = [
  '93.184.215.14',
  '8.8.8.8',
  '2606:4700:4700::1111',
  '2a03:2880:f12f:83:face:b00c:0:25de',
] as const;
export const PRIVATE = [
  ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '10.0.0.1', '172.16.3.4', '192.168.1.1', '100.64.0.1', '169.254.169.254'],
  ...[
    '168.63.129.16',
    '224.0.0.1',
    '::1',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    'fe80::1',
    'fe80::1%eth0',
  ],
  ...['fd00:ec2::254', 'fec0::1', '2002:7f00:1::', 'localhost', ''],
];

export type PretendInternet = {
  /** Addresses, in order; "?" = a name that was left to be resolved once more. */
  attempts: string[];
  /** What the next request of anybody is answered. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
};

const targetShape = z.looseObject({ host: z.string(), lookup: z.custom<LookupFunction>().optional() });

export async function openPretendInternet(): Promise<PretendInternet> {
  const internet: PretendInternet = {
    attempts: [],
    answer: (_request, response) => void response.end('xin chào'),
    close: async () => {
      Object.defineProperty(Socket.prototype, 'connect', { value: connect, writable: true, configurable: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => internet.answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A listening TCP server has an address with a port.
  const { connect } = Socket.prototype;

  function pretend(this: Socket, ...given: unknown[]): Socket {
    const { host, lookup } = targetShape.parse(given.flat()[0]);
    const go = (address: string) => {
      internet.attempts.push(address);
      const isThere = PUBLIC.some((one) => one === address);
      if (isThere) Reflect.apply(connect, this, [{ host: '127.0.0.1', port }]);
      else this.destroy(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    };
    if (isIP(host)) process.nextTick(go, host);
    else if (!lookup) process.nextTick(go, '?');
    else lookup(host, { all: true }, (_error, found) => process.nextTick(go, firstOf(found)));
    return this;
  }
  Object.defineProperty(Socket.prototype, 'connect', { value: pretend, writable: true, configurable: true });
  return internet;
}

function firstOf(found: string | { address: string }[]): string {
  return typeof found === 'string' ? found : (found[0]?.address ?? '');
}

export const at = (...addresses: readonly string[]): ResolvedAddress[] =>
  addresses.map((address) => ({ address, family: isIP(address) || 4 }));

/** Each question gets the next answer; the last one is repeated. */
export function answers(...turns: ResolvedAddress[][]): Resolve & { asked: string[] } {
  const asked: string[] = [];
  const resolve = async (name: string) => turns[Math.min(asked.push(name), turns.length) - 1] ?? [];
  return Object.assign(resolve, { asked });
}
