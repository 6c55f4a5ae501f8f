// A year of one OA's tokens, with pauses of up to ten days: always a living token, and no refresh token spent twice.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createTokenVault } from '../../../src/channels/zalo/access-token.ts';
import { createHttpClient } from '../../../src/channels/zalo/http-client.ts';
import { createManualClock, HOUR_MS } from '../../../src/clock.ts';
import { createTestDatabase } from '../../test-database.ts';
import { issueTokens, settingsFor, startFakeZalo } from './fake-zalo.ts';

it('leaves no gap in a year with pauses of up to ten days', async () => {
  const db = await createTestDatabase();
  const fake = await startFakeZalo();
  const zalo = issueTokens(fake);
  const clock = createManualClock(new Date('2026-11-21T03:00:00Z'));
  const spoolDir = await mkdtemp(join(tmpdir(), 'ganbo-spool-'));
  const rest = { log: pino({ level: 'silent' }), secretKey: randomBytes(32), random: randomBytes };
  const one = createTokenVault(
    { db, clock, http: createHttpClient(2_000), spoolDir, ...rest },
    settingsFor(fake.url, {}),
  );
  await one.renewAfterRefusal('access-0');
  for (let hour = 0; hour < 365 * 24; hour += 5) {
    const isPaused = hour % 2000 >= 1000 && hour % 2000 < 1240;
    clock.advance(5 * HOUR_MS);
    if (isPaused) continue;
    await one.keepFresh(async () => true);
    expect((await one.getAccessToken()).ok).toBe(true);
  }
  expect(zalo.state.reused).toBe(0);
  expect(zalo.state.number).toBeGreaterThan(330);
  await fake.close();
  await db.close();
  await rm(spoolDir, { recursive: true, force: true });
}, 60_000);
