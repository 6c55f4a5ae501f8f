// From a customer's message to our answer at the provider: the whole program, a provider that answers at once, a steady
// trickle of messages from people who are known. And the same beside one customer who does not stop.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atMost, type Bench, type Figure, mb, ms, plain, quantile, times } from './figure.ts';
import { eachSecond, personId, postMessage, within } from './messages.ts';
import { type Program, startProgram } from './program.ts';
import { type Provider, startProvider } from './provider.ts';

const NOISE = fileURLToPath(new URL('noise.ts', import.meta.url));
const ROUNDS = Number(process.env.BENCH_REPEATS ?? 3);
const PEOPLE = 200;
const NOISY = PEOPLE + 1;

export async function measureReplyTimes(bench: Bench): Promise<Figure[]> {
  const provider = await startProvider();
  const program = await startProgram({
    databaseUrl: await bench.newDatabase('reply_time'),
    dataDir: join(bench.directory, 'reply-time'),
    providerUrl: provider.url,
  });
  try {
    await greet(program, provider, PEOPLE);
    // Turn about, so that a hiccup of the machine does not fall to one of them alone.
    const calm: number[] = [];
    const beside: number[] = [];
    let memory = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      calm.push(...(await replies(program, provider, 100, 10)));
      memory ||= await program.memoryMb();
      const noise = fork(NOISE, [program.address, String(NOISY), '500']);
      await once(noise, 'message');
      beside.push(...(await replies(program, provider, 100, 10)));
      noise.disconnect();
      await once(noise, 'exit');
    }
    return [
      atMost('message to reply at 100/s, p95', quantile(calm, 0.95), 300, ms),
      plain('message to reply at 100/s, p50 and p99', `${ms(quantile(calm, 0.5))}, ${ms(quantile(calm, 0.99))}`),
      plain('memory of the whole program under that load', mb(memory)),
      atMost(
        'one customer at 500 messages/s: the others’ p99 against before',
        quantile(beside, 0.99) / quantile(calm, 0.99),
        2,
        times,
      ),
    ];
  } finally {
    await program.stop();
    provider.close();
  }
}

/** The first word of everybody, with its answer: after that they are known and in no flow. */
export async function greet(program: Program, provider: Provider, people: number): Promise<void> {
  const before = provider.taken();
  for (let person = 0; person < people; person += 50) {
    const some = Array.from({ length: Math.min(50, people - person) }, (_, n) => person + n);
    await Promise.all(some.map((one) => postMessage(program.address, one, 'chào shop')));
  }
  await within(30_000, () => provider.taken() - before >= people);
}

/** Milliseconds, of the second half: the first warms up. */
async function replies(program: Program, provider: Provider, perSecond: number, seconds: number): Promise<number[]> {
  const taken: number[] = [];
  const total = perSecond * seconds;
  let asked = 0;
  await eachSecond(perSecond, seconds, (n) => {
    const person = n % PEOPLE;
    const isMeasured = n >= total / 2;
    const sentAt = performance.now();
    if (isMeasured) {
      asked += 1;
      provider.expect(personId(person), (at) => taken.push(at - sentAt));
    }
    void postMessage(program.address, person, 'hướng dẫn');
  });
  if (!(await within(10_000, () => taken.length >= asked))) {
    throw new Error(`Only ${taken.length} of ${asked} messages were answered.`);
  }
  return taken;
}
