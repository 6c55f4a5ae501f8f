// What must hold when things go badly: 2,000 people at once, hundreds of slow clients, every provider silent for 35 seconds.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { kinds, sendSlow } from '../../test/hostile/slow-crowd.ts';
import { atMost, type Bench, type Figure, ms, plain } from './figure.ts';
import { type Load, postAtRate, postWebhooks } from './load.ts';
import { eachSecond, postMessage, within } from './messages.ts';
import { APP_SECRET, type Program, startProgram } from './program.ts';
import { type Provider, startProvider } from './provider.ts';
import { greet } from './reply-time.ts';

const STALL_MS = 35_000;
const BURST = 2_000;
const BURST_LIMIT_MS = 120_000;
const SLOW = 500;
const DRIP_MS = 500;

export async function measureHardTimes(bench: Bench): Promise<Figure[]> {
  return [...(await measureCrowds(bench)), ...(await measureSlowClients(bench))];
}

async function measureCrowds(bench: Bench): Promise<Figure[]> {
  const provider = await startProvider();
  const program = await startProgram({
    databaseUrl: await bench.newDatabase('hard_times'),
    dataDir: join(bench.directory, 'hard-times'),
    providerUrl: provider.url,
  });
  try {
    await greet(program, provider, 100);
    const before = provider.taken();
    const statuses: number[] = [];
    const began = performance.now();
    await eachSecond(BURST, 1, (n) => {
      const answer = postMessage(program.address, 1_000 + n, 'chào shop');
      answer.then((status) => statuses.push(status)).catch(() => statuses.push(599));
    });
    const isDrained = await within(BURST_LIMIT_MS, () => provider.taken() - before >= BURST);
    const drainedMs = isDrained ? performance.now() - began : Number.POSITIVE_INFINITY;
    const refused = statuses.filter((status) => status >= 500).length;
    const load = { connections: 64, seconds: 10, customers: 1_000, secret: APP_SECRET, words: ['hướng dẫn'] };
    await meetAll(program, provider, load);
    provider.delayMs = STALL_MS;
    const stalled = await postWebhooks(program.address, load);
    return [
      atMost(`${BURST} people within a second: all answered after`, drainedMs, 30_000, ms),
      atMost('  answers 5xx meanwhile', refused, 0, String),
      atMost('providers silent for 35 s, 64 connections: p99 of the 200', stalled.p99, 100, ms),
      plain(
        '  webhooks taken meanwhile',
        `${Math.round(stalled.requests / stalled.seconds)}/s, not 200: ${stalled.non2xx}`,
      ),
    ];
  } finally {
    await program.stop();
    provider.close();
  }
}

/** The crowd stays for the whole time: nobody is cut off before fifteen seconds. */
async function measureSlowClients(bench: Bench): Promise<Figure[]> {
  const provider = await startProvider();
  const program = await startProgram({
    databaseUrl: await bench.newDatabase('slow_clients'),
    dataDir: join(bench.directory, 'slow-clients'),
    providerUrl: provider.url,
  });
  await greet(program, provider, 100);
  const names = Object.keys(kinds);
  const [port, each] = [Number(new URL(program.address).port), Math.ceil(SLOW / names.length)];
  const crowd = (await Promise.all(names.map((kind) => sendSlow(port, kind, each, DRIP_MS)))).flat();
  try {
    // What they ask for when they come is a burst; what is measured is their staying.
    await wait(2_000);
    const load = { connections: 64, seconds: 10, customers: 1_000, secret: APP_SECRET, words: ['hướng dẫn'] };
    const { p99, non2xx } = await postAtRate(program.address, { ...load, rate: 100 });
    return [
      atMost(`${SLOW} slow clients: p99 of the 200 for the honest, 100/s`, p99, 500, ms),
      atMost('  answers other than 200 meanwhile', non2xx, 0, String),
    ];
  } finally {
    for (const { socket } of crowd) socket.destroy();
    await program.stop();
    provider.close();
  }
}

/** Whose profile would have to be asked for first is no measure of an answer: everybody wrote once before. */
async function meetAll(program: Program, provider: Provider, load: Load): Promise<void> {
  for (let met = 0; met < load.customers * 1.2; )
    met += (await postWebhooks(program.address, { ...load, seconds: 2 })).requests;
  let taken = -1;
  const isQuiet = () => taken === provider.taken();
  while (!isQuiet()) {
    taken = provider.taken();
    await wait(1_000);
  }
}
