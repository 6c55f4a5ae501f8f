// At 80,000 people somebody is told to prepare, at 100,000 that exemptions are gone; the numbers are settings.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createMetrics } from '../../src/health/metrics.ts';
import { countPeople, warningFor, warnOfManyPeople } from '../../src/privacy/count-people.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

test.each([
  [79_999, null],
  [80_000, '80.000'],
  [99_999, '80.000'],
  [100_000, '100.000'],
  [2_000_000, '100.000'],
])('%i people: %s', (count, told) => {
  const warning = warningFor(count);
  if (told === null) expect(warning).toBeNull();
  else expect(warning).toMatch(new RegExp(`^Từ ${told} người`));
});

test('people are counted once, nobodies not at all; the log tells it from the number that is set', async () => {
  await db.pool.query(
    `INSERT INTO customers (id, tags, created_at, updated_at)
     SELECT gen_random_uuid(), CASE WHEN n <= 2 THEN '{erased}'::text[] ELSE '{}' END, now(), now() FROM generate_series(1, 7) AS n`,
  );
  expect(await countPeople(db.pool)).toBe(5);
  const log = { warn: vi.fn() };
  await warnOfManyPeople({ log, peopleWarnings: { soon: 6, many: 9 } }, db.pool);
  expect(log.warn).not.toHaveBeenCalled();
  await warnOfManyPeople({ log, peopleWarnings: { soon: 5, many: 9 } }, db.pool);
  await warnOfManyPeople({ log, peopleWarnings: { soon: 3, many: 5 } }, db.pool);
  expect(log.warn.mock.calls.map(([facts, words]) => [facts, /Từ \d+ người/.exec(words)?.[0]])).toEqual([
    [{ people: 5 }, 'Từ 5 người'],
    [{ people: 5 }, 'Từ 5 người'],
  ]);
  const { text } = await createMetrics(db.pool).show();
  expect(text).toContain('ganbo_people{status="kept"} 5');
});

test('the numbers are settings', () => {
  const read = (env: Record<string, string>) => readConfig(env, '/srv/ganbo');
  expect(read({})).toMatchObject({ config: { privacy: { peopleWarnings: { soon: 80_000, many: 100_000 } } } });
  expect(read({ PEOPLE_WARNING_SOON: '10' })).toMatchObject({ config: { privacy: { peopleWarnings: { soon: 10 } } } });
});
