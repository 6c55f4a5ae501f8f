// The signature of a webhook, by the document of Standard Webhooks.
import { Webhook } from 'standardwebhooks';

export type Signed = { id: string; at: Date; body: string };

/** The three headers; one signature per secret, so that a receiver may hold either while they change over. */
export function signWebhook({ id, at, body }: Signed, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
