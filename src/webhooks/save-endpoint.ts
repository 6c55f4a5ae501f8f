// Endpoints come, go, change their secret, and are switched on again. The secret leaves the program once.
import type pg from 'pg';
import type { TokenKey } from '../channels/zalo/token-crypto.ts';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { makeSecret, openSecrets, rotateSecrets, sealSecrets } from './endpoint-secrets.ts';
import { requireEndpoint } from './read-endpoints.ts';
import { refuseUrl, type SendRules } from './send-webhook.ts';
import { type EndpointAnswer, type EndpointFields, webhookEvent } from './webhook-schema.ts';

export type EndpointDeps = {
  clock: Clock;
  newId: NewId;
  webhooks: { key: TokenKey; rules: SendRules };
};

/** Each has its own connections (`deliver-webhooks.ts`): their number bounds the whole. */
const MOST_ENDPOINTS = 20;

export type SavedEndpoint = { endpoint: EndpointAnswer; secret: string };

/** In the caller's transaction. Throws bad_webhook_url, too_many_endpoints. */
export async function addEndpoint(
  { clock, newId, webhooks }: EndpointDeps,
  client: pg.ClientBase,
  fields: EndpointFields,
): Promise<SavedEndpoint> {
  const refusal = refuseUrl(fields.url, webhooks.rules);
  if (refusal !== null) throw new HttpError(422, 'bad_webhook_url', `url ${refusal}.`, { url: fields.url });
  await refuseCrowd(client);
  const id = newId();
  const secret = makeSecret(webhooks.key.random);
  await client.query(
    'INSERT INTO webhook_endpoints (id, url, events, secrets, created_at) VALUES ($1, $2, $3, $4, $5)',
    [
      id,
      fields.url,
      [...new Set(fields.events ?? webhookEvent.options)],
      sealSecrets(webhooks.key, id, [{ secret, retiresAt: null }]),
      clock.now(),
    ],
  );
  return { endpoint: await requireEndpoint(client, id), secret };
}

async function refuseCrowd(client: pg.ClientBase): Promise<void> {
  await client.query('LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE');
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM webhook_endpoints');
  if ((rows[0]?.count ?? 0) < MOST_ENDPOINTS) return;
  const message = `There are ${MOST_ENDPOINTS} endpoints already; delete one that is not needed any more.`;
  throw new HttpError(409, 'too_many_endpoints', message);
}

/** A new secret; the old one signs too for a day. */
export async function rotateEndpointSecret(
  { clock, webhooks }: EndpointDeps,
  client: pg.ClientBase,
  id: string,
): Promise<SavedEndpoint> {
  const { rows } = await client.query<{ secrets: Buffer[] }>(
    'SELECT secrets FROM webhook_endpoints WHERE id = $1 FOR UPDATE',
    [id],
  );
  const now = clock.now();
  const held = openSecrets(webhooks.key, id, rows[0]?.secrets ?? [], now);
  const secret = makeSecret(webhooks.key.random);
  await client.query('UPDATE webhook_endpoints SET secrets = $2 WHERE id = $1', [
    id,
    sealSecrets(webhooks.key, id, rotateSecrets(held, secret, now)),
  ]);
  return { endpoint: await requireEndpoint(client, id), secret };
}

/** Its deliveries go with it; the events stay. */
export async function removeEndpoint(client: pg.ClientBase, id: string): Promise<void> {
  await requireEndpoint(client, id);
  await client.query('DELETE FROM outgoing_deliveries WHERE endpoint_id = $1', [id]);
  await client.query('DELETE FROM webhook_endpoints WHERE id = $1', [id]);
}

/** What waited while it was off is delivered now. */
export async function enableEndpoint(client: pg.ClientBase, id: string): Promise<EndpointAnswer> {
  await client.query(
    'UPDATE webhook_endpoints SET is_enabled = true, disabled_reason = NULL, failing_since = NULL WHERE id = $1',
    [id],
  );
  return await requireEndpoint(client, id);
}
