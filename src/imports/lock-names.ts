// Many names at once, in one order for everybody: a batch of an import waits for whoever works one of its records, and
// two batches never wait for each other.
import type pg from 'pg';

// The numbers are sorted before the first lock is taken: what stands in a SELECT's list is worked before its ORDER BY.
const LOCK = `
SELECT pg_advisory_xact_lock(name) FROM (
  SELECT DISTINCT hashtextextended($1 || key, 0) AS name FROM unnest($2::text[]) AS t(key) ORDER BY 1 OFFSET 0) AS sorted`;

/** As `lockName` does for one: `prefix` and each key, until the transaction ends. */
export async function lockNames(client: pg.ClientBase, prefix: string, keys: readonly string[]): Promise<void> {
  await client.query(LOCK, [prefix, keys]);
}
