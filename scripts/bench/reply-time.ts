// From a customer's message to our answer at the provider: the whole program as its own process, a provider that answers
// at once, a steady trickle of messages from people who are known.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const SECRET = 'bench-app-secret';

export type ReplyTimes = { asked: number; answered: number; p50: number; p95: number; memoryMb: number | null };

/** Milliseconds over all messages of the second half; the first half warms up. `dataDir` is an empty folder. */
export async function measureReplyTimes(options: {
  databaseUrl: string;
  dataDir: string;
  perSecond: number;
  seconds: number;
}): Promise<ReplyTimes> {
  const provider = await startInstantProvider();
  const app = await startApp(options, provider.url);
  const people = Math.max(20, options.perSecond * 2);
  const total = options.perSecond * options.seconds;
  for (let person = 0; person < people; person += 1) await post(app.address, person, 'chào shop');
  await wait(4_000);
  const times: number[] = [];
  for (let n = 0; n < total; n += 1) {
    const person = n % people;
    const sentAt = performance.now();
    provider.expect(person, (at) => times.push(at - sentAt));
    void post(app.address, person, 'hướng dẫn');
    await wait(1_000 / options.perSecond);
    if (n === Math.floor(total / 2)) times.length = 0;
  }
  await wait(2_000);
  const memoryMb = await app.memoryMb();
  await app.stop();
  provider.close();
  const answered = times.length;
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? Number.NaN);
  return { asked: total - Math.floor(total / 2) - 1, answered, p50: at(0.5), p95: at(0.95), memoryMb };
}

async function startInstantProvider() {
  const waiting = new Map<string, (at: number) => void>();
  let serial = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: { recipient?: { id?: string } } =
        request.method === 'POST' ? JSON.parse(Buffer.concat(chunks).toString()) : {};
      const id = body.recipient?.id ?? '';
      const person = String(Number(id.slice(-6)));
      const told = waiting.get(person);
      waiting.delete(person);
      told?.(performance.now());
      serial += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(id ? { recipient_id: id, message_id: `m_answer${serial}` } : {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    expect: (person: number, told: (at: number) => void) => waiting.set(String(person), told),
    close: () => server.close(),
  };
}

async function startApp({ databaseUrl, dataDir }: { databaseUrl: string; dataDir: string }, providerUrl: string) {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      SANDBOX: 'off',
      LOG_LEVEL: 'error',
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      SECRET_KEY: 'a-secret-key-only-for-the-bench-0123456789',
      MESSENGER_APP_ID: '1',
      MESSENGER_APP_SECRET: SECRET,
      MESSENGER_VERIFY_TOKEN: 'v',
      MESSENGER_PAGE_ID: '100',
      MESSENGER_PAGE_ACCESS_TOKEN: 't',
      MESSENGER_API_URL: providerUrl,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /ready at (http:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`The program ended with ${code}: ${said}`)));
  });
  return {
    address,
    memoryMb: async () => {
      const text = await (await fetch(`${address}/metrics`)).text();
      const bytes = Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
      return Number.isFinite(bytes) ? Math.round(bytes / 1024 / 1024) : null;
    },
    stop: async () => {
      child.removeAllListeners('exit');
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

let serial = 0;

async function post(address: string, person: number, text: string): Promise<void> {
  serial += 1;
  const sender = `30000000000${String(person).padStart(6, '0')}`;
  const messaging = [
    { sender: { id: sender }, recipient: { id: '100' }, timestamp: Date.now(), message: { mid: `m_r${serial}`, text } },
  ];
  const body = JSON.stringify({ object: 'page', entry: [{ id: '100', time: Date.now(), messaging }] });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  await fetch(`${address}/webhooks/messenger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    body,
  });
}
