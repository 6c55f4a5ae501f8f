// A request written byte by byte, because clients that mean well refuse to send what an attacker sends.
import { connect } from 'node:net';

export type RawAnswer = { status: number; head: string; body: string };
export type RawRequest = {
  method?: string;
  target: string;
  host?: string;
  /** In this order, doubled where doubled. */
  headers?: [string, string][];
  body?: Buffer | string;
};

/** Status 0 = the connection was closed without an answer. */
export async function sendRaw({ port }: { port: number }, request: RawRequest): Promise<RawAnswer> {
  const body = Buffer.from(request.body ?? '');
  const lines = [
    `${request.method ?? 'GET'} ${request.target} HTTP/1.1`,
    `Host: ${request.host ?? `127.0.0.1:${port}`}`,
    'Connection: close',
    ...(body.length > 0 || request.method === 'POST' ? [`Content-Length: ${body.length}`] : []),
    ...(request.headers ?? []).map(([name, value]) => `${name}: ${value}`),
  ];
  const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
  const answer = await exchange(port, bytes);
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: rest.join('\r\n\r\n') };
}

function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = () => resolve(Buffer.concat(chunks).toString('utf8'));
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', finish);
    socket.on('close', finish);
  });
}
