// After a restore the database knows less than the providers do: what was said since the backup left no trace here. So
// nothing that was caused before the restore leaves by itself: it is uncertain, as after a crash in the middle of
// sending. The provider's history or an echo settles it; what nobody can tell is parked for a person.
import type pg from 'pg';
import { z } from 'zod';

/** The name of its row among the settings. */
const NAME = 'held_after_restore';

const holdSchema = z.object({ backupAt: z.coerce.date(), restoredAt: z.coerce.date() });
export type Hold = z.infer<typeof holdSchema>;

const UNTIL = `(SELECT (value ->> 'restoredAt')::timestamptz FROM settings WHERE name = '${NAME}')`;
const SINCE = `(SELECT (value ->> 'backupAt')::timestamptz FROM settings WHERE name = '${NAME}')`;
const REASON =
  'Dữ liệu vừa được khôi phục từ bản sao lưu: có thể tin này đã gửi rồi. Hãy xem cuộc trò chuyện trên kênh rồi quyết định gửi lại hay bỏ.';

/** `status, sending_at, reason, error_code` of a new message; `causedAt` = SQL for when that happened which it answers. */
export function newMessageStatus(causedAt: string): string {
  const ifHeld = (value: string, otherwise = 'NULL') =>
    `CASE WHEN ${causedAt} <= ${UNTIL} THEN ${value} ELSE ${otherwise} END`;
  return [ifHeld(`'uncertain'`, `'queued'`), ifHeld(SINCE), ifHeld(`'${REASON}'`), ifHeld(`'${NAME}'`)].join(', ');
}

const REMEMBER = `
INSERT INTO settings (name, value, updated_by, updated_at) VALUES ('${NAME}', $1, 'system', $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`;

// What was waiting for later than the restore cannot have gone out before it.
const HOLD_MESSAGES = `
UPDATE outbound_messages SET status = 'uncertain', sending_at = coalesce(CASE WHEN status = 'sending' THEN sending_at END, $1),
  lease_until = NULL, available_at = $2, reason = '${REASON}', error_code = '${NAME}'
WHERE status = 'sending' OR (status = 'queued' AND available_at <= $2)`;

// Their flows were begun between backup and restore, by the program that is no more.
const SKIP_STEPS = `
UPDATE enrolment_steps SET status = 'skipped', decided_at = $1,
  reason = 'Đến hạn trước lúc khôi phục dữ liệu: có thể đã làm rồi, nên không làm lại.'
WHERE status = 'planned' AND due_at <= $1`;

export type Held = { messages: number; steps: number };

/** In the transaction that restores. */
export async function holdAfterRestore(client: pg.ClientBase, { backupAt, restoredAt }: Hold): Promise<Held> {
  await client.query(REMEMBER, [JSON.stringify({ backupAt, restoredAt }), restoredAt]);
  const messages = await client.query(HOLD_MESSAGES, [backupAt, restoredAt]);
  const steps = await client.query(SKIP_STEPS, [restoredAt]);
  return { messages: messages.rowCount ?? 0, steps: steps.rowCount ?? 0 };
}

/** null = nothing is held. */
export async function readHold(client: pg.ClientBase | pg.Pool): Promise<Hold | null> {
  const { rows } = await client.query<{ value: unknown }>('SELECT value FROM settings WHERE name = $1', [NAME]);
  const hold = holdSchema.safeParse(rows[0]?.value);
  return hold.success ? hold.data : null;
}

/** From now on answers to old events leave as any other. What was held so far still waits for its proof, or a person. */
export async function releaseHold(client: pg.ClientBase | pg.Pool): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM settings WHERE name = $1', [NAME]);
  return rowCount === 1;
}
