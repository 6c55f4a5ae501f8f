// The whole history of what a customer allowed and refused: the proof, as it was written down.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { ConsentHistory } from './privacy-schema.ts';

type Row = {
  id: string;
  purpose: string;
  channel: string;
  granted: boolean;
  source: string;
  wording: string | null;
  at: Date;
  holds: boolean;
};

/** Newest first. */
export async function readConsents(client: pg.ClientBase | pg.Pool, customerId: string): Promise<ConsentHistory> {
  const { rows } = await client.query<Row>(
    `SELECT id, purpose, channel, granted, source, wording, at,
       row_number() OVER (PARTITION BY purpose, channel ORDER BY at DESC, granted, id DESC) = 1 AS holds
     FROM consents WHERE customer_id = $1 ORDER BY at DESC, granted, id DESC`,
    [customerId],
  );
  return {
    items: rows.map((row) => ({
      ...row,
      at: row.at.toISOString(),
      wordingVersion: row.wording === null ? null : createHash('sha256').update(row.wording).digest('hex'),
    })),
  };
}
