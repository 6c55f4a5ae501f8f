// Consents are only ever added; the newest of a purpose and channel holds. "No" to everything is an opt-out at once.
import type pg from 'pg';
import { type Clock, MINUTE_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { readMoment } from '../http/read-moment.ts';
import type { NewId } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import type { ConsentFields } from './customer-schema.ts';

type Deps = { clock: Clock; newId: NewId; timeZone: string };
type ConsentRow = Omit<ConsentFields, 'at'> & { id: string; at: Date; isDated: boolean };

/** Clocks differ a little; a consent from the future would outvote a later "no". */
const CLOCK_DIFFERENCE_MS = 5 * MINUTE_MS;

/** The customer must be locked. What only repeats the word that already holds is not written again. Answers ledger rows. */
export async function recordConsents(
  deps: Deps,
  client: pg.ClientBase,
  customerId: string,
  consents: readonly ConsentFields[],
): Promise<Touchpoint[]> {
  const rows = consents.map((consent) => toRow(deps, consent));
  const fresh: ConsentRow[] = [];
  for (const row of rows) {
    if (await isRepeated(client, customerId, row)) continue;
    await client.query(
      'INSERT INTO consents (id, customer_id, purpose, channel, granted, source, wording, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [row.id, customerId, row.purpose, row.channel, row.granted, row.source, row.wording ?? null, row.at],
    );
    fresh.push(row);
  }
  const optOut = fresh.some(isAboutEverything) ? await followNewest(client, customerId) : null;
  const at = deps.clock.now();
  return [
    ...fresh.map((row): Touchpoint => {
      const { purpose, channel, granted, source } = row;
      return { at, kind: 'consent_recorded', customerId, data: { purpose, channel, granted, source, saidAt: row.at } };
    }),
    ...(optOut === null ? [] : [{ at, kind: optOut, customerId, data: { source: 'api' } }]),
  ];
}

function toRow({ clock, newId, timeZone }: Deps, consent: ConsentFields): ConsentRow {
  const now = clock.now();
  const at = consent.at === undefined ? now : readMoment(consent.at, timeZone);
  if (at.getTime() > now.getTime() + CLOCK_DIFFERENCE_MS) {
    const message = `The consent for "${consent.purpose}" is dated ${at.toISOString()}, in the future; send when they said so.`;
    throw new HttpError(422, 'consent_in_future', message);
  }
  return { ...consent, id: newId(), at, isDated: consent.at !== undefined };
}

async function isRepeated(client: pg.ClientBase, customerId: string, row: ConsentRow): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean; source: string; wording: string | null; at: Date }>(
    `SELECT granted, source, wording, at FROM consents WHERE customer_id = $1 AND purpose = $2 AND channel = $3
       AND (NOT $4 OR at = $5) ORDER BY at DESC, granted, id DESC LIMIT 1`,
    [customerId, row.purpose, row.channel, row.isDated, row.at],
  );
  const [held] = rows;
  return held?.granted === row.granted && held.source === row.source && held.wording === (row.wording ?? null);
}

function isAboutEverything(row: ConsentRow): boolean {
  return row.purpose === 'all' && row.channel === '*';
}

/** Brings the opt-out mark in line with the newest word; answers the ledger kind when it moved. */
async function followNewest(client: pg.ClientBase, customerId: string): Promise<'opted_out' | 'opted_in' | null> {
  const { rows } = await client.query<{ granted: boolean }>(
    `UPDATE customers c SET opted_out_at = CASE WHEN k.granted THEN NULL ELSE k.at END
     FROM (SELECT granted, at FROM consents WHERE customer_id = $1 AND purpose = 'all' AND channel = '*'
           ORDER BY at DESC, granted, id DESC LIMIT 1) k
     WHERE c.id = $1 AND (c.opted_out_at IS NULL) <> k.granted RETURNING k.granted`,
    [customerId],
  );
  const [moved] = rows;
  if (!moved) return null;
  return moved.granted ? 'opted_in' : 'opted_out';
}
