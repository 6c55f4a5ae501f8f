// The life of one process: settings, database, sandbox, channels, port, metronome; and the way down in reverse.
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import type { Logger } from 'pino';
import { type FirstAdmin, makeFirstAdmin } from './auth/first-admin.ts';
import { createPasswords } from './auth/hash-password.ts';
import { createMovableClock, type MovableClock } from './clock.ts';
import { type Config, type ConfigMistake, type Folders, readConfig } from './config.ts';
import { StartError } from './errors.ts';
import { createIdMaker } from './ids.ts';
import { createLog } from './log.ts';
import { makeFolder } from './make-folder.ts';
import { startMetronome } from './metronome.ts';
import { openPreparedDatabase } from './postgres/open-prepared-database.ts';
import type { Sandbox } from './sandbox/start-sandbox.ts';
import { loadSecretKey } from './secrets.ts';
import { stopGracefully } from './stop-gracefully.ts';
import { buildInBackground } from './web/build-in-background.ts';

const GRACE_MS = 10_000;

const portTroubles: Record<string, string> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be used by this account',
  EADDRNOTAVAIL: 'cannot be had: HOST is not an address of this machine',
  ENOTFOUND: 'cannot be had: HOST is not a name that is known',
};

type Undo = () => Promise<unknown>;
/** What was opened, in order; it is closed the other way round, also when the start breaks off halfway. */
const opened: Undo[] = [];
let isClosing = false;

try {
  await start();
} catch (error) {
  await closeAll().catch(() => undefined);
  if (!(error instanceof StartError)) throw error;
  console.error(`\nGắn Bó cannot start: ${error.message}\n→ ${error.cure}\n`);
  process.exit(1);
}

async function closeAll(): Promise<void> {
  isClosing = true;
  for (let undo = opened.pop(); undo; undo = opened.pop()) await undo();
}

async function start(): Promise<void> {
  const config = await loadConfig();
  const log = createLog(config.logLevel);
  // Loading the program takes about as long as a database takes to start: both at once.
  const [{ db, revive: reviveDatabase, close: closeDatabase }, { startProgram }] = await Promise.all([
    openPreparedDatabase(config, log),
    import('./start-program.ts'),
  ]);
  opened.push(closeDatabase);
  const clock = createMovableClock();
  const sandbox = config.isSandboxOn ? await openSandbox(config, clock, log) : null;
  const secretKey = await loadSecretKey(config.secretKey, config.dataDir);
  const settings = sandbox ? (await import('./sandbox/configure-sandbox.ts')).withSandbox(config, sandbox) : config;
  const staff = { db, clock, newId: createIdMaker(clock), passwords: createPasswords(), random: randomBytes };
  const admin = await makeFirstAdmin(staff, config.admin);
  const program = await startProgram({ config: settings, db, clock, log, secretKey, sandboxUrl: sandbox?.url ?? null });
  opened.push(program.stop);
  const place = { name: 'PORT', host: config.host, port: config.port };
  const address = await takePort(place, () => program.app.listen({ host: config.host, port: config.port }));
  if (sandbox)
    Object.assign(sandbox.webhookUrls, {
      zalo: `${address}/webhooks/zalo`,
      messenger: `${address}/webhooks/messenger`,
    });
  const tick = async () => {
    reviveDatabase();
    await program.tick();
  };
  const stopMetronome = startMetronome({ tick, tickMinute: program.tickMinute }, log);
  opened.push(async () => stopMetronome());
  // Tokens first: an expired one is renewed before anything is said.
  void program.tickMinute().catch((error: unknown) => log.warn({ err: error }, 'tokens could not be looked at'));
  stopGracefully(closeAll, { graceMs: GRACE_MS, log });
  announce(address, config, { connectUrl: program.connectUrl(), admin });
  opened.push(await buildInBackground(log));
  await program.loaded.catch((error: unknown) => {
    if (!isClosing) throw error;
  });
}

async function openSandbox(config: Config, clock: MovableClock, log: Logger): Promise<Sandbox> {
  // Whoever serves real customers need not load the pretend ones.
  const { startSandbox } = await import('./sandbox/start-sandbox.ts');
  const options = {
    port: config.sandboxPort,
    clock,
    webhookUrls: { zalo: '', messenger: '' },
    log,
    random: randomBytes,
    statePath: join(config.dataDir, 'sandbox.json'),
  };
  const place = { name: 'SANDBOX_PORT', host: '127.0.0.1', port: config.sandboxPort };
  const sandbox = await takePort(place, () => startSandbox(options));
  opened.push(sandbox.close);
  return sandbox;
}

async function loadConfig(): Promise<Config> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const file = await readFile(join(root, '.env'), 'utf8').catch(() => '');
  const result = readConfig({ ...parseEnv(file), ...process.env }, root);
  const folders = await checkFolders(result.ok ? result.config : result.folders);
  if (result.ok && folders.length === 0) return result.config;
  const mistakes = [...(result.ok ? [] : result.mistakes), ...folders];
  throw new StartError(
    `${mistakes.length} setting(s) are wrong.${listOf(mistakes)}`,
    'Correct them in .env or in the environment and start again.',
  );
}

function listOf(mistakes: ConfigMistake[]): string {
  return mistakes.map((mistake) => `\n  - ${mistake.message}\n    ${mistake.fix}`).join('');
}

/** Folders that cannot be used are the operator's mistake: said with the others, before anything is opened. */
async function checkFolders({ dataDir, flowsDir }: Folders): Promise<ConfigMistake[]> {
  const mistakes: ConfigMistake[] = [];
  const note = (name: string, fix: string) => (cause: unknown) => {
    mistakes.push({ name, message: `${name} is wrong: it cannot be used: ${messageOf(cause)}`, fix });
  };
  await makeFolder(dataDir).catch(note('DATA_DIR', 'Set DATA_DIR to a folder it may write to.'));
  await readdir(flowsDir).catch(note('FLOWS_DIR', 'Set FLOWS_DIR to the folder that holds the flow files.'));
  return mistakes;
}

async function takePort<T>(place: { name: string; host: string; port: number }, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const trouble = error instanceof Error && 'code' in error ? portTroubles[String(error.code)] : undefined;
    if (trouble === undefined) throw error;
    throw new StartError(
      `Port ${place.port} on ${place.host} ${trouble}.`,
      `Set ${place.name} to a free port (and HOST to an address of this machine), or stop the other program.`,
      { cause: error },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type News = { connectUrl: string | null; admin: FirstAdmin | null };

function announce(address: string, config: Config, { connectUrl, admin }: News): void {
  const lines = [
    `Gắn Bó is ready at ${address}`,
    ...(config.isSandboxOn ? [`  chat with the bot      ${address}/sandbox`] : []),
    `  API                    ${address}/api/docs`,
    `  health                 ${address}/readyz`,
    ...(connectUrl ? [`  connect the Zalo OA    ${connectUrl}   (valid for one hour)`] : []),
    ...(admin ? [`  sign in as             ${admin.email}   password ${admin.password}   (shown this once)`] : []),
  ];
  console.log(`\n${lines.join('\n')}\n`);
}
