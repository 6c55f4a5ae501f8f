// Hundreds of slow clients against the real server: everybody honest is answered meanwhile, the slow ones are cut off by the
// server's own limits, and nothing of them stays behind. SLOW_CLIENTS=500 for a bigger crowd.
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type ConnectionLimits, connectionLimits } from '../../src/http/slow-clients.ts';
import { sendRaw } from '../outside/raw-request.ts';
import { until } from '../outside/until.ts';
import { followOf, newPeerId, signZalo } from '../outside/webhook.ts';
import { type HostileWorld, openHostileWorld } from './hostile-world.ts';
import { kinds, type Slow, sendSlow } from './slow-crowd.ts';

const CROWD = Number(process.env.SLOW_CLIENTS ?? 270);
const MIB = 1024 * 1024;
const long: ConnectionLimits = { ...connectionLimits, headersMs: 60_000, bodyMs: 60_000 };
const short: ConnectionLimits = {
  ...connectionLimits,
  ...{ headersMs: 5_000, bodyMs: 5_000, uploadMs: 6_000, silenceMs: 5_000, keepAliveMs: 500, lookMs: 100 },
};

let world: HostileWorld;
let crowd: Slow[] = [];
afterEach(async () => {
  for (const { socket } of crowd) socket.destroy();
  crowd = [];
  await world.close();
});

async function open(limits: ConnectionLimits): Promise<number> {
  world = await openHostileWorld({}, limits);
  const address = await world.app.listen({ host: '127.0.0.1', port: 0 });
  return Number(new URL(address).port);
}

async function sendCrowd(port: number, count: number): Promise<void> {
  const names = Object.keys(kinds);
  for (const kind of names) crowd.push(...(await sendSlow(port, kind, Math.ceil(count / names.length))));
}

const connections = () =>
  new Promise<number>((resolve, reject) =>
    world.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

async function follow(port: number): Promise<number> {
  const body = followOf(newPeerId());
  const headers: [string, string][] = [
    ['Content-Type', 'application/json'],
    ['X-ZEvent-Signature', signZalo(body)],
  ];
  return (await sendRaw({ port }, { method: 'POST', target: '/webhooks/zalo', headers, body })).status;
}

test('whoever is honest is answered, whoever is slow is cut off, and nothing is left', {
  timeout: 90_000,
}, async () => {
  const port = await open(short);
  await sendCrowd(port, CROWD);
  expect(crowd.length).toBeGreaterThanOrEqual(CROWD);
  const seen: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    seen.push((await sendRaw({ port }, { target: '/readyz' })).status, await follow(port));
  }
  expect(seen.filter((status) => status !== 200)).toEqual([]);
  // The deaf ones learn of their end when they listen again.
  await until('the server to be alone', async () => (await connections()) === 0, { withinMs: 60_000 });
  for (const { socket } of crowd) socket.resume();
  await until('everybody to know', () => crowd.every(({ isOver }) => isOver()), { withinMs: 30_000 });
  // Who is hung up on in the middle of a word may miss why.
  const said = (kind: string) => crowd.filter((one) => one.kind === kind).map(({ heard }) => heard());
  expect(said('drips a webhook')).toContainEqual(expect.stringMatching(/^HTTP\/1\.1 408(?:.|\s)*"too_slow"/));
  expect(said('drips its headers')).toContainEqual(expect.stringMatching(/^HTTP\/1\.1 408(?:.|\s)*"too_slow"/));
  expect(said('drips on after its refusal')).toContainEqual(expect.stringMatching(/^HTTP\/1\.1 401/));
  expect(crowd.filter(({ heard, kind }) => kind !== 'never reads the answers' && / 200 /.test(heard()))).toEqual([]);
  expect(world.db.pool.waitingCount).toBe(0);
  expect(world.db.pool.idleCount).toBe(world.db.pool.totalCount);
  expect(await follow(port)).toBe(200);
  expect(world.log.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
});

test('a stop does not wait for them', { timeout: 60_000 }, async () => {
  const port = await open({ ...long, partingMs: 300 });
  await sendCrowd(port, 90);
  await until('all of them', async () => (await connections()) >= 81);
  await world.app.close();
  for (const { socket } of crowd) socket.resume();
  await until('everybody to know', () => crowd.every(({ isOver }) => isOver()));
});

test('what is no request is refused in the one shape of errors', { timeout: 60_000 }, async () => {
  const port = await open(long);
  const refused = async (said: string) => {
    const { heard } = await pour(port, said);
    const [head = '', body = '{}'] = heard.split('\r\n\r\n');
    return { status: head.split('\r\n', 1)[0], ...JSON.parse(body) };
  };
  const code = (said: string) => expect.objectContaining({ code: said, message: expect.any(String) });
  expect(await refused(' GET / HTTP/1.1\r\n\r\n')).toEqual({
    status: 'HTTP/1.1 400 Bad Request',
    error: code('bad_request'),
  });
  expect(await refused(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toEqual({
    status: 'HTTP/1.1 431 Request Header Fields Too Large',
    error: code('headers_too_large'),
  });
});

test('one who writes slowly but within the limits is served', { timeout: 60_000 }, async () => {
  const port = await open(short);
  const body = followOf(newPeerId());
  const head = `POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nX-ZEvent-Signature: ${signZalo(body)}\r\nContent-Length: ${body.length}\r\n\r\n`;
  const text = `${head}${body}`;
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    socket.on('close', () => resolve(heard)).on('error', reject);
    const say = (from: number) => {
      if (from < text.length) socket.write(text.slice(from, from + 25), () => setImmediate(say, from + 25));
    };
    say(0);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 200/);
});

test('too much is refused before it came, or as soon as it is too much', { timeout: 60_000 }, async () => {
  const port = await open(long);
  const said = (head: string) =>
    `POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${head}\r\n\r\n`;
  const announced = await pour(port, said(`Content-Length: ${1_000 * MIB}`));
  expect(announced.heard).toMatch(/^HTTP\/1\.1 413(?:.|\s)*"payload_too_large"/);
  const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
  const endless = await pour(port, said('Transfer-Encoding: chunked'), chunk);
  // Who is hung up on in the middle of a word may miss why.
  expect(endless.heard).toMatch(/^$|^HTTP\/1\.1 413/);
  // What the machine holds between the two of them included.
  expect(endless.bytes).toBeLessThan(64 * MIB);
  expect(await connections()).toBe(0);
});

/** Says `head`, then `chunk` again and again until the other side hangs up. */
function pour(port: number, head: string, chunk?: string): Promise<{ heard: string; bytes: number }> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head);
      // An error ends it: hung up on.
      const more = (error?: Error | null) => {
        if (!error && chunk !== undefined && socket.bytesWritten < 1_000 * MIB) socket.write(chunk, more);
      };
      more();
    });
    socket.on('data', (piece) => {
      heard += String(piece);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ heard, bytes: socket.bytesWritten }));
  });
}
