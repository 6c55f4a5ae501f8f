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

const PUSH = `
WITH v AS (
  INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
  SELECT id, channel, account_id, identity_id, kind, 'ganbo_' || kind, at, at, payload
  FROM json_to_recordset($1::json) AS t(id uuid, channel text, account_id text, identity_id uuid, kind text, at timestamptz, payload jsonb)
  ON CONFLICT DO NOTHING RETURNING id, identity_id, occurred_at
)
INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at) SELECT id, identity_id, occurred_at, occurred_at FROM v`;

/** Keeps the event and queues it, in the caller's transaction when `client` is in one. */
export async function pushEvent(client: pg.ClientBase | pg.Pool, event: PushedEvent): Promise<void> {
  await pushEvents(client, [event]);
}

/** Many at once, in one statement. */
export async function pushEvents(client: pg.ClientBase | pg.Pool, events: readonly PushedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ id, channel, accountId, identityId, body, now }) => ({
    id,
    channel,
    account_id: accountId,
    identity_id: identityId,
    kind: body.kind,
    at: now,
    payload: body,
  }));
  await client.query({ name: 'push-events', text: PUSH, values: [JSON.stringify(rows)] });
}
