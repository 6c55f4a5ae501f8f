// What of a channel calls for somebody: a quota that stops messages does, one that only makes them cost does not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProviderQuota } from '../../src/channels/provider-quota.ts';
import { createManualClock } from '../../src/clock.ts';
import { readChannelHealth } from '../../src/health/channel-health.ts';
import { createTestDatabase } from '../test-database.ts';

const clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => await db.close());

async function troublesWith(...quotas: Pick<ProviderQuota, 'of' | 'total' | 'remain'>[]) {
  const word = { askedAt: clock.now(), quotas: quotas.map((one) => ({ ...one, validThrough: null })) };
  const channels = () => [{ channel: 'zalo' as const, accountId: 'oa', isPaused: false }];
  const [zalo] = await readChannelHealth({ db, clock, channels, zaloQuota: async () => word });
  return zalo?.troubles ?? [];
}

test('a used up package charges what goes beyond it and alarms nobody; ZNS that are used up do', async () => {
  const template = { of: 'template_by_phone' as const, total: 500 };
  expect(await troublesWith({ of: 'consultation', total: 500, remain: 0 })).not.toContain('quota_spent');
  expect(await troublesWith({ ...template, remain: 1 })).not.toContain('quota_spent');
  expect(await troublesWith({ ...template, remain: 0 })).toContain('quota_spent');
  expect(await troublesWith({ ...template, total: 0, remain: 0 })).not.toContain('quota_spent');
});
