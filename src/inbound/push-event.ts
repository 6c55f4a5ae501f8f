// The door for what the program sends itself: it becomes an inbound event like any other.
import type pg from 'pg';
import type { NewInternalBody } from '../conversations/stored-event.ts';

export type PushedEvent = {
  /** The same id again has no effect. */
  id: string;
  identityId: string;
  channel: string;
  accountId: string;
  body: NewInternalBody;
  now: Date;
};

/** Keeps the event and queues it, in the caller's transaction when `client` is in one. */
export async function pushEvent(client: pg.ClientBase | pg.Pool, event: PushedEvent): Promise<void> {
  await client.query(
    `WITH v AS (
       INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
       VALUES ($1, $2, $3, $4, $5, 'ganbo_' || $5, $6, $6, $7) ON CONFLICT DO NOTHING RETURNING id
     )
     INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at) SELECT id, $4::uuid, $6::timestamptz, $6::timestamptz FROM v`,
    [
      event.id,
      event.channel,
      event.accountId,
      event.identityId,
      event.body.kind,
      event.now,
      JSON.stringify(event.body),
    ],
  );
}
