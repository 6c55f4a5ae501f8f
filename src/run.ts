// The life of one process: settings, database, sandbox, channels, port, metronome; and the way down in reverse.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { createMovableClock } from './clock.ts';
import { type Config, type ConfigMistake, readConfig } from './config.ts';
import { StartError } from './errors.ts';
import { createLog } from './log.ts';
import { startMetronome } from './metronome.ts';
import { openPreparedDatabase } from './postgres/open-prepared-database.ts';
import { withSandbox } from './sandbox/configure-sandbox.ts';
import { startSandbox } from './sandbox/start-sandbox.ts';
import { loadSecretKey } from './secrets.ts';
import { startProgram } from './start-program.ts';
import { stopGracefully } from './stop-gracefully.ts';

const GRACE_MS = 10_000;

try {
  await start();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`\nGắn Bó cannot start: ${error.message}\n→ ${error.cure}\n`);
  process.exit(1);
}

async function start(): Promise<void> {
  const config = await loadConfig();
  const log = createLog(config.logLevel);
  const { db, close: closeDatabase } = await openPreparedDatabase(config, log);
  const clock = createMovableClock();
  const sandbox = config.isSandboxOn
    ? await startSandbox({
        port: config.sandboxPort,
        clock,
        webhookUrls: { zalo: '', messenger: '' },
        log,
        random: randomBytes,
        statePath: join(config.dataDir, 'sandbox.json'),
      })
    : null;
  const secretKey = await loadSecretKey(config.secretKey, config.dataDir);
  const settings = sandbox ? withSandbox(config, sandbox) : config;
  const program = await startProgram({ config: settings, db, clock, log, secretKey, sandboxUrl: sandbox?.url ?? null });
  const address = await listen(program.app, config);
  if (sandbox)
    Object.assign(sandbox.webhookUrls, {
      zalo: `${address}/webhooks/zalo`,
      messenger: `${address}/webhooks/messenger`,
    });
  const stopMetronome = startMetronome(program, log);
  // Tokens first: an expired one is renewed before anything is said.
  void program.tickMinute().catch((error: unknown) => log.warn({ err: error }, 'tokens could not be looked at'));
  const stop = async () => {
    stopMetronome();
    await program.stop();
    await sandbox?.close();
    await closeDatabase();
  };
  stopGracefully(stop, { graceMs: GRACE_MS, log });
  announce(address, config, program.connectUrl());
  await program.loaded;
}

async function loadConfig(): Promise<Config> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const file = await readFile(join(root, '.env'), 'utf8').catch(() => '');
  const result = readConfig({ ...parseEnv(file), ...process.env }, root);
  if (result.ok) return result.config;
  throw new StartError(
    `${result.mistakes.length} setting(s) are wrong.${listOf(result.mistakes)}`,
    'Correct them in .env or in the environment and start again.',
  );
}

function listOf(mistakes: ConfigMistake[]): string {
  return mistakes.map((mistake) => `\n  - ${mistake.message}\n    ${mistake.fix}`).join('');
}

async function listen(app: Awaited<ReturnType<typeof startProgram>>['app'], config: Config): Promise<string> {
  try {
    return await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    throw new StartError(
      `Port ${config.port} is taken by another program.`,
      'Set PORT to a free one, or stop the other program.',
    );
  }
}

function announce(address: string, config: Config, connectUrl: string | null): void {
  const lines = [
    `Gắn Bó is ready at ${address}`,
    ...(config.isSandboxOn ? [`  chat with the bot      ${address}/sandbox`] : []),
    `  API                    ${address}/api/docs`,
    `  health                 ${address}/readyz`,
    ...(connectUrl ? [`  connect the Zalo OA    ${connectUrl}   (valid for one hour)`] : []),
  ];
  console.log(`\n${lines.join('\n')}\n`);
}
