// People and messages of theirs, straight into the database: what tests of the outbox begin with.
import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/database.ts';

export type PersonRow = { customerId: string; identityId: string; conversationId: string; channel: string };

/** A customer with one identity on each channel; all chats were used at `seen`, all advertising is agreed to. */
export async function aPerson(db: Database, channels: readonly string[], seen: Date): Promise<PersonRow[]> {
  const customerId = randomUUID();
  await db.pool.query('INSERT INTO customers (id, email, phone, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)', [
    customerId,
    `${customerId}@example.com`,
    null,
    seen,
  ]);
  await db.pool.query(
    `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at) VALUES ($1, $2, 'advertising', '*', true, 'test', $3)`,
    [randomUUID(), customerId, seen],
  );
  return await Promise.all(
    channels.map(async (channel) => {
      const [identityId, conversationId] = [randomUUID(), randomUUID()];
      await db.pool.query(
        `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, last_interaction_at, created_at)
         VALUES ($1, $2, 'us', $3, $4, $5, $5)`,
        [identityId, channel, identityId, customerId, seen],
      );
      await db.pool.query(
        `INSERT INTO conversations (id, identity_id, customer_id, state, created_at, updated_at) VALUES ($1, $2, $3, 'bot', $4, $4)`,
        [conversationId, identityId, customerId, seen],
      );
      return { customerId, identityId, conversationId, channel };
    }),
  );
}

/** The same with one channel. */
export async function somebodyOn(db: Database, channel: string, seen: Date): Promise<PersonRow> {
  const [person] = await aPerson(db, [channel], seen);
  if (person === undefined) throw new Error('nobody');
  return person;
}

export type MessageFields = { purpose: string; at: Date; fallback?: unknown; content?: unknown; expiresAt?: Date };

/** Queued; answers its id. */
export async function aQueued(db: Database, person: PersonRow, fields: MessageFields): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
       fallback, status, available_at, expires_at, created_at)
     VALUES ($1, $2, $3, $4, $5, 'us', $6, $7, 'flow', $8, 'queued', $9, $10, $9)`,
    [
      id,
      person.conversationId,
      person.identityId,
      person.customerId,
      person.channel,
      JSON.stringify(fields.content ?? { kind: 'text', text: `chào ${id}` }),
      fields.purpose,
      fields.fallback === undefined ? null : JSON.stringify(fields.fallback),
      fields.at,
      fields.expiresAt ?? null,
    ],
  );
  return id;
}
