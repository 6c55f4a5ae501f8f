// TOKEN_RACES=1000 npx vitest run test/storm/token-races.test.ts: more of them.
import { expect, test } from 'vitest';
import { createTestDatabase } from '../test-database.ts';
import { raceForTokens } from './token-races.ts';

const RACES = Number(process.env.TOKEN_RACES ?? 50);

test(`${RACES} times four processes at once: no refresh token is spent twice, all have the new one`, {
  timeout: 60_000 + RACES * 5_000,
}, async () => {
  const db = await createTestDatabase();
  try {
    const { races, wrong, slowestMs } = await raceForTokens(db.url, RACES);
    console.log(`${races} races, the slowest process had the new token after ${slowestMs} ms`);
    expect(wrong).toEqual([]);
  } finally {
    await db.close();
  }
});
