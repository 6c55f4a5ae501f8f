// Requests to delete, carried out: by a person's click, or by themselves where the settings say so.
import type pg from 'pg';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { type EraseDeps, type ErasureReceipt, eraseCustomer } from './erase-customer.ts';
import { lockRequest } from './requests.ts';

/** Erases whom an open request is about, and closes the request with the receipt as its outcome. */
export async function eraseForRequest(
  deps: EraseDeps,
  client: pg.ClientBase,
  { requestId, actor }: { requestId: string; actor: string },
): Promise<ErasureReceipt> {
  const { customerId, status } = await lockRequest(client, requestId);
  if (status === 'done' || status === 'refused') {
    throw new HttpError(409, 'request_closed', `The request "${requestId}" is ${status}; open a new one.`);
  }
  const receipt =
    customerId === null
      ? null
      : await eraseCustomer(deps, client, { customerId, actor, reason: `request:${requestId}` });
  if (!receipt) {
    throw new HttpError(409, 'nobody_to_erase', 'The request is about nobody who is still here; close it instead.');
  }
  await client.query(
    `UPDATE privacy_requests SET status = 'done', done_at = $2, answered_at = coalesce(answered_at, $2), outcome = $3 WHERE id = $1`,
    [requestId, deps.clock.now(), `erased, receipt ${receipt.receipt}`],
  );
  return receipt;
}

/** Those that a channel passed on (Zalo's user_withdraw). Answers how many. */
export async function carryOutWithdrawals(deps: EraseDeps & { db: Database }): Promise<number> {
  const { rows } = await deps.db.pool.query<{ id: string }>(
    `SELECT id FROM privacy_requests WHERE status = 'received' AND kind = 'delete' AND customer_id IS NOT NULL
       AND source LIKE '%:data_withdrawal' ORDER BY received_at LIMIT 50`,
  );
  for (const { id } of rows) {
    await deps.db.transaction('carry-out-withdrawal', (client) =>
      eraseForRequest(deps, client, { requestId: id, actor: 'system' }),
    );
  }
  return rows.length;
}
