// Somebody gave a phone number that more than one customer has: staff look who it is.
import type pg from 'pg';
import { DAY_MS } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { Claimant } from './find-claimed.ts';

const KIND = 'check_identity';

// One open task is enough, however often the number is given.
const OPEN = `
INSERT INTO tasks (id, customer_id, kind, title, detail, status, due_at, created_at)
SELECT $1::uuid, $2::uuid, $3, $4, $5::jsonb, 'open', $6::timestamptz, $7::timestamptz
WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE customer_id = $2 AND kind = $3 AND status = 'open')`;

export async function openIdentityTask(
  { newId }: { newId: NewId },
  client: pg.ClientBase,
  { claimant, externalIds, now }: { claimant: Claimant; externalIds: readonly string[]; now: Date },
): Promise<void> {
  const title = `Xác minh khách: số điện thoại vừa gửi trùng với ${externalIds.join(', ')}`.slice(0, 300);
  const detail = JSON.stringify({ identity: claimant.identityId, customers: externalIds.join(', ') });
  const dueAt = new Date(now.getTime() + DAY_MS);
  const id = newId();
  const { rowCount } = await client.query(OPEN, [id, claimant.customerId, KIND, title, detail, dueAt, now]);
  if (rowCount === 0) return;
  const data = { task: id, kind: KIND, title, dueAt };
  await writeTouchpoints(client, [{ at: now, kind: 'task_opened', customerId: claimant.customerId, data }]);
}
