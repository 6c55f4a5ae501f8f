// Staff pause a journey and let it go on. Nobody is dropped: who enters meanwhile enters, what falls due waits; what that
// means for steps that became late is the rule in spread.ts.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { beginSweep } from './sweep-customers.ts';

/** In the caller's transaction; again it changes nothing. */
export async function pauseJourney(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  { journey, by }: { journey: string; by: string },
): Promise<void> {
  const now = clock.now();
  const { rowCount } = await client.query(
    'INSERT INTO journey_pauses (journey, paused_by, paused_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [journey, by, now],
  );
  if (rowCount === 0) return;
  await writeTouchpoints(client, [{ at: now, kind: 'journey_paused', customerId: null, data: { journey, by } }]);
}

/** In the caller's transaction; everybody is planned anew. */
export async function resumeJourney(
  { clock }: { clock: Clock },
  client: pg.ClientBase,
  { journey, by }: { journey: string; by: string },
): Promise<void> {
  const now = clock.now();
  const { rowCount } = await client.query('DELETE FROM journey_pauses WHERE journey = $1', [journey]);
  if (rowCount === 0) return;
  await beginSweep(client, now);
  await writeTouchpoints(client, [{ at: now, kind: 'journey_resumed', customerId: null, data: { journey, by } }]);
}
