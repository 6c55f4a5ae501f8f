// Four processes find out at the same moment that the token is dead. Zalo takes each refresh token once and refuses
// whoever comes with a spent one; all four must have the one that lives now.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { systemClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';

const CHILD = fileURLToPath(new URL('./token-process.ts', import.meta.url));

export type TokenRaces = { races: number; wrong: string[]; slowestMs: number };

export async function raceForTokens(databaseUrl: string, races: number, processes = 4): Promise<TokenRaces> {
  const spoolDir = await mkdtemp(join(tmpdir(), 'ganbo-races-'));
  const sandbox = await startSandbox({
    port: 0,
    clock: systemClock,
    webhookUrls: { zalo: '', messenger: '' },
    log: pino({ level: 'silent' }),
    random: randomBytes,
  });
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    SPOOL_DIR: spoolDir,
    SECRET_KEY: randomBytes(32).toString('hex'),
    ZALO_SETTINGS: JSON.stringify(sandbox.zaloSettings),
  };
  const children = Array.from({ length: processes }, () => fork(CHILD, { env, execArgv: [] }));
  try {
    await Promise.all(children.map(answerOf));
    const wrong: string[] = [];
    let slowestMs = 0;
    for (let race = 0; race < races; race += 1) {
      const dead = sandbox.zaloSettings.accessToken;
      const answers = await Promise.all(children.map((child) => ask(child, dead)));
      const living = sandbox.zaloSettings.accessToken;
      const isRight = living !== dead && answers.every(({ token }) => token === living);
      if (!isRight) wrong.push(`race ${race}: ${answers.map(({ token }) => token.slice(0, 24)).join(', ')}`);
      slowestMs = Math.max(slowestMs, ...answers.map(({ ms }) => ms));
    }
    return { races, wrong, slowestMs: Math.round(slowestMs) };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await sandbox.close();
    await rm(spoolDir, { recursive: true, force: true });
  }
}

type Answer = { token: string; ms: number };

async function ask(child: ChildProcess, dead: string): Promise<Answer> {
  const answer = answerOf(child);
  child.send(dead);
  return await answer;
}

async function answerOf(child: ChildProcess): Promise<Answer> {
  const [answer] = await once(child, 'message');
  return { token: String(answer.token), ms: Number(answer.ms) };
}
