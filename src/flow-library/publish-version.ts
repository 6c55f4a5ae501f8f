// An accepted change becomes an immutable version: number, checksum, time. Processes that see the same file publish it once.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Database } from '../database.ts';
import type { NewId } from '../ids.ts';

export type FlowVersion = { id: string; flow: string; number: number; checksum: string; source: string };

/** Any number, as long as nothing else locks by it. */
const LOCK = 620_519_077;

export function checksumOf(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}

/** Gives the newest version when it already is this text, else makes the next one. */
export async function publishVersion(
  db: Database,
  { flow, source, note, now, newId }: { flow: string; source: string; note: string | null; now: Date; newId: NewId },
): Promise<FlowVersion> {
  const checksum = checksumOf(source);
  const newest = await newestVersion(db.pool, flow);
  if (newest?.checksum === checksum) return newest;
  return await db.transaction('publish-flow', async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const last = await newestVersion(client, flow);
    if (last?.checksum === checksum) return last;
    const version = { id: newId(), flow, number: (last?.number ?? 0) + 1, checksum, source };
    await client.query(
      'INSERT INTO flow_versions (id, flow, number, checksum, source, note, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [version.id, flow, version.number, checksum, source, note, now],
    );
    return version;
  });
}

export async function newestVersion(client: pg.ClientBase | pg.Pool, flow: string): Promise<FlowVersion | null> {
  const { rows } = await client.query<FlowVersion>(
    'SELECT id, flow, number, checksum, source FROM flow_versions WHERE flow = $1 ORDER BY number DESC LIMIT 1',
    [flow],
  );
  return rows[0] ?? null;
}

/** The newest version of each flow. */
export async function newestVersions(client: pg.ClientBase | pg.Pool): Promise<FlowVersion[]> {
  const { rows } = await client.query<FlowVersion>(
    'SELECT DISTINCT ON (flow) id, flow, number, checksum, source FROM flow_versions ORDER BY flow, number DESC',
  );
  return rows;
}

export async function versionsById(client: pg.ClientBase, ids: readonly string[]): Promise<FlowVersion[]> {
  const { rows } = await client.query<FlowVersion>(
    'SELECT id, flow, number, checksum, source FROM flow_versions WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return rows;
}
