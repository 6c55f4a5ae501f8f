// A link opens once: of two who use it in the same moment one is let in, whichever process each of them asks.
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLink, spendLink } from '../../src/auth/staff-links.ts';
import { createManualClock } from '../../src/clock.ts';
import { createTestDatabase } from '../test-database.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

async function aLink(): Promise<{ staffId: string; token: string }> {
  const staffId = randomUUID();
  await db.pool.query(
    `INSERT INTO staff_members (id, email, name, role, created_at) VALUES ($1, $2, 'Lan', 'agent', $3)`,
    [staffId, `${staffId}@spa.vn`, NOW],
  );
  const deps = { clock: createManualClock(NOW), random: randomBytes };
  const { token } = await db.transaction('answer-once', (client) =>
    makeLink(deps, client, { staffId, kind: 'reset', by: 'staff:chu@spa.vn' }),
  );
  return { staffId, token };
}

test.each(['COMMIT', 'ROLLBACK'])('who comes while somebody is spending it waits for their %s', async (end) => {
  const { staffId, token } = await aLink();
  const first = await db.pool.connect();
  try {
    await first.query('BEGIN');
    expect(await spendLink(first, NOW, token)).toBe(staffId);
    const second = db
      .transaction('answer-once', (client) => spendLink(client, NOW, token))
      .catch((error: { code: string }) => error.code);
    await wait(50);
    await first.query(end);
    expect(await second).toBe(end === 'COMMIT' ? 'link_dead' : staffId);
  } finally {
    first.release();
  }
});
