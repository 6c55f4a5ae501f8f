// What happened to one person in a storm, line by line: brought, kept, played, said. For whoever looks into a broken promise.
import type pg from 'pg';
import type { AcceptedSend } from '../../src/sandbox/world.ts';
import type { Carried } from './feed.ts';

const HAPPENED = `
SELECT t.at, 'ledger ' || t.id || ': ' || t.kind || ' ' || coalesce(t.text, '') || ' ' || coalesce(t.reason, '') AS line
FROM touchpoints t JOIN channel_identities i ON i.customer_id = t.customer_id WHERE i.external_id = $1
UNION ALL SELECT e.received_at, 'kept: ' || e.kind || ' ' || coalesce(e.payload ->> 'text', '') || ', occurred ' || e.occurred_at
FROM inbound_events e JOIN channel_identities i ON i.id = e.identity_id WHERE i.external_id = $1
UNION ALL SELECT o.created_at, 'to say: ' || coalesce(o.content ->> 'text', '') || ', ' || o.status || ' ' || coalesce(o.reason, '')
FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id WHERE i.external_id = $1
ORDER BY 1`;

export async function tellPerson(
  { carried, ledger, pool }: { carried: readonly Carried[]; ledger: readonly AcceptedSend[]; pool: pg.Pool },
  personId: string,
): Promise<string[]> {
  const { rows } = await pool.query<{ at: Date; line: string }>(HAPPENED, [personId]);
  const lines = [
    ...rows.map(({ at, line }) => ({ at: at.getTime(), line })),
    ...carried.flatMap(({ message, firstTriedAt, keptAt }) =>
      message?.personId === personId
        ? [
            { at: firstTriedAt, line: `first brought: ${message.text}` },
            { at: keptAt ?? Number.POSITIVE_INFINITY, line: `first 2xx: ${message.text}` },
          ]
        : [],
    ),
    ...ledger.flatMap((one) =>
      one.personId === personId ? [{ at: one.at.getTime(), line: `accepted: ${one.text}` }] : [],
    ),
  ];
  return lines.sort((a, b) => a.at - b.at).map(({ at, line }) => `${(at / 1_000).toFixed(3).slice(-8)} ${line.trim()}`);
}
