// The audit, newest first: who changed what, and when. Read only: nothing in the program changes or deletes a row.
import type pg from 'pg';
import { toPage } from '../http/page.ts';
import { readMomentChange } from '../http/read-moment.ts';
import type { AuditAnswer, AuditQuery } from './audit-schema.ts';

type Row = Omit<AuditAnswer, 'at' | 'data'> & { at: Date; data: Record<string, unknown> | null };

const READ = `
SELECT a.id::text, a.at, a.actor, a.action, a.object_kind AS "objectKind", a.object_id AS "objectId", c.external_id AS customer, a.data
FROM audit_entries a LEFT JOIN customers c ON c.id = a.customer_id
WHERE ($1::bigint IS NULL OR a.id < $1) AND ($2::text IS NULL OR a.actor = $2) AND ($3::text IS NULL OR a.action = $3)
  AND ($4::text IS NULL OR a.customer_id = (SELECT id FROM customers WHERE external_id = $4))
  AND ($5::timestamptz IS NULL OR a.at >= $5) AND ($6::timestamptz IS NULL OR a.at < $6)
ORDER BY a.id DESC LIMIT $7`;

export async function readAudit(
  { db, timeZone }: { db: { pool: pg.Pool }; timeZone: string },
  { limit, cursor, actor, action, customer, since, until }: AuditQuery,
): Promise<{ items: AuditAnswer[]; nextCursor: string | null }> {
  const { rows } = await db.pool.query<Row>(READ, [
    cursor ?? null,
    actor ?? null,
    action ?? null,
    customer ?? null,
    readMomentChange(since, timeZone) ?? null,
    readMomentChange(until, timeZone) ?? null,
    limit + 1,
  ]);
  return toPage(
    rows.map((row) => ({ ...row, at: row.at.toISOString(), data: row.data ?? {} })),
    limit,
  );
}
