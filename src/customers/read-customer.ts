// One customer as REST answers it: the person, their identities, the consents that hold.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import { type CustomerAnswer, customerAnswer } from './customer-schema.ts';

// Times leave the database as ISO texts of UTC, so that one JSON value is the whole answer.
const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', ${ISO})`;

const READ = `
SELECT jsonb_build_object(
  'id', c.id, 'externalId', c.external_id, 'name', c.name, 'formOfAddress', c.form_of_address, 'phone', c.phone,
  'email', c.email, 'industry', c.industry, 'role', c.role, 'tags', coalesce(c.tags, '{}'), 'language', c.language,
  'attributes', c.attributes, 'optedOutAt', ${iso('c.opted_out_at')},
  'createdAt', ${iso('c.created_at')}, 'updatedAt', ${iso('c.updated_at')},
  'channelIdentities', coalesce((
    SELECT jsonb_agg(jsonb_build_object('id', i.id, 'channel', i.channel, 'accountId', i.account_id, 'peerId', i.external_id,
        'displayName', i.display_name, 'lastInteractionAt', ${iso('i.last_interaction_at')})
      ORDER BY i.last_interaction_at DESC NULLS LAST, i.created_at DESC, i.id)
    FROM channel_identities i WHERE i.customer_id = c.id), '[]'),
  'consents', coalesce((
    SELECT jsonb_agg(jsonb_build_object('purpose', k.purpose, 'channel', k.channel, 'granted', k.granted,
        'source', k.source, 'wording', k.wording, 'at', ${iso('k.at')}) ORDER BY k.purpose, k.channel)
    FROM (SELECT DISTINCT ON (purpose, channel) * FROM consents WHERE customer_id = c.id
          ORDER BY purpose, channel, at DESC, granted, id DESC) k), '[]')
) AS customer
FROM customers c WHERE c.external_id = $1`;

const storedCustomer = customerAnswer.omit({ identities: true });

/** null when there is none with this external id. */
export async function readCustomer(
  client: pg.ClientBase | pg.Pool,
  externalId: string,
): Promise<CustomerAnswer | null> {
  const { rows } = await client.query<{ customer: unknown }>(READ, [externalId]);
  const [row] = rows;
  if (!row) return null;
  const customer = storedCustomer.parse(row.customer);
  const peerOn = (channel: string) => customer.channelIdentities.find((one) => one.channel === channel)?.peerId ?? null;
  return { ...customer, identities: { zalo: peerOn('zalo'), messenger: peerOn('messenger') } };
}

/** The id of the customer that a request names in its body, who is not merged away until the transaction ends. */
export async function requireCustomerId(client: pg.ClientBase | pg.Pool, externalId: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1 FOR KEY SHARE', [
    externalId,
  ]);
  const [row] = rows;
  if (row) return row.id;
  throw new HttpError(
    422,
    'unknown_customer',
    `There is no customer "${externalId}"; create it first with PUT /api/v1/customers/${encodeURIComponent(externalId)}.`,
    { customer: externalId },
  );
}
