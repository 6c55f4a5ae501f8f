// Whole turns, from the webhook to the reply at a provider that answers at once: this program, which keeps everything in
// a database, against bot frameworks that keep it in memory. They are installed when this row is asked for.
import { execFileSync, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type Bench, type Figure, median, perSecond, plain, times } from './figure.ts';
import { personId, within } from './messages.ts';
import { APP_SECRET, startProgram } from './program.ts';
import { type Provider, startProvider } from './provider.ts';
import { greet } from './reply-time.ts';
import { textWebhook } from './text-webhook.ts';

const FOLDER = fileURLToPath(new URL('frameworks/', import.meta.url));
const NAMES = ['grammy', 'bottender', 'botkit'] as const;
const CONNECTIONS = 64;
const SECONDS = 5;
const ROUNDS = 3;
const PEOPLE = 2_000;

type Contender = { name: string; address: string; provider: Provider; bodyOf: (n: number) => string; stop: () => void };

export async function measureFrameworks(bench: Bench): Promise<Figure[]> {
  if (!existsSync(join(FOLDER, 'node_modules'))) {
    bench.say('  Installing grammY, Bottender and Botkit (once).');
    execFileSync('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'], {
      cwd: FOLDER,
    });
  }
  const own = await startOwn(bench, { isPaced: true });
  const unpaced = await startOwn(bench, { isPaced: false });
  const others = await Promise.all(NAMES.map(startFramework));
  const all = [own, unpaced, ...others];
  const rounds = new Map(all.map(({ name }) => [name, [] as number[]]));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const one of all) rounds.get(one.name)?.push(await wholeTurns(bench, one));
    }
  } finally {
    for (const one of all) one.stop();
  }
  const rateOf = ({ name }: Contender) => median(rounds.get(name) ?? []);
  const ours = rateOf(unpaced);
  return [
    plain('whole turns with the reply sent, at the pace that Messenger allows', perSecond(rateOf(own))),
    plain('the same as fast as it goes, kept in a database', perSecond(ours)),
    ...others.map((one) => {
      const ratio = times(ours / rateOf(one));
      return plain(`  ${one.name} keeps its state in memory: ours of theirs`, `${ratio} (${perSecond(rateOf(one))})`);
    }),
  ];
}

async function startOwn(bench: Bench, { isPaced }: { isPaced: boolean }): Promise<Contender> {
  const provider = await startProvider();
  const database = isPaced ? 'frameworks' : 'frameworks_unpaced';
  const databaseUrl = await bench.newDatabase(database);
  const dataDir = join(bench.directory, database);
  const program = await startProgram({ databaseUrl, dataDir, providerUrl: provider.url, isPaced });
  await greet(program, provider, PEOPLE);
  const stop = () => {
    void program.stop().finally(provider.close);
  };
  const address = `${program.address}/webhooks/messenger`;
  return {
    name: isPaced ? 'Gắn Bó' : 'Gắn Bó without a pace',
    address,
    provider,
    bodyOf: messengerBody('hướng dẫn'),
    stop,
  };
}

async function startFramework(name: (typeof NAMES)[number]): Promise<Contender> {
  const provider = await startProvider();
  const child = fork(join(FOLDER, `${name}.js`), [provider.url], { cwd: FOLDER });
  const { address } = await new Promise<{ address: string }>((resolve, reject) => {
    child.once('message', (value: { address: string }) => resolve(value));
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  const stop = () => {
    child.removeAllListeners('exit');
    child.disconnect();
    provider.close();
  };
  return { name, address, provider, bodyOf: name === 'grammy' ? telegramBody : messengerBody('hi'), stop };
}

/** Replies a second at the provider, until the last of them is there. */
async function wholeTurns(bench: Bench, { name, address, provider, bodyOf }: Contender): Promise<number> {
  const before = provider.taken();
  const began = performance.now();
  let n = 0;
  const result = await autocannon({
    url: address,
    connections: CONNECTIONS,
    duration: SECONDS,
    method: 'POST',
    requests: [
      {
        setupRequest: (request) => {
          n += 1;
          const body = bodyOf(n);
          const sign = (algorithm: string) => createHmac(algorithm, APP_SECRET).update(body).digest('hex');
          const signatures = {
            'x-hub-signature-256': `sha256=${sign('sha256')}`,
            'x-hub-signature': `sha1=${sign('sha1')}`,
          };
          return { ...request, body, headers: { 'content-type': 'application/json', ...signatures } };
        },
      },
    ],
  });
  const isComplete = await within(60_000, () => provider.taken() - before >= result['2xx']);
  const rate = (provider.taken() - before) / ((performance.now() - began) / 1000);
  const words = `${result['2xx']} taken, ${provider.taken() - before} answered, not 2xx: ${result.non2xx + result.errors}`;
  bench.say(`  ${name}: ${Math.round(rate)}/s, ${words}${isComplete ? '' : ', given up'}`);
  return rate;
}

const run = Date.now();

function messengerBody(text: string): (n: number) => string {
  return (n) => textWebhook({ sender: personId(n % PEOPLE), mid: `m_f-${run}-${Date.now()}-${n}`, text });
}

function telegramBody(n: number): string {
  const person = { id: 1 + (n % PEOPLE), is_bot: false, first_name: 'Lan', type: 'private' };
  const message = { message_id: n, date: Math.floor(Date.now() / 1000), chat: person, from: person, text: 'hi' };
  return JSON.stringify({ update_id: n, message });
}
