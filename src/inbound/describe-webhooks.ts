// Where providers knock, in the words of the page at /api/docs. Nothing here is asked at runtime: bodies are taken as the
// bytes that were signed.
import { type DescribedPaths, errorAnswer, textAnswer } from '../http/described-path.ts';

const signatures = {
  zalo: { name: 'x-zevent-signature', words: 'mac=sha256(app id + body + timestamp + key of the OA), in hex.' },
  messenger: { name: 'x-hub-signature-256', words: 'sha256=HMAC of the body with the secret of the app, in hex.' },
};

export function describeWebhooks(): DescribedPaths {
  return {
    '/webhooks/zalo': {
      get: {
        tags: ['providers'],
        summary: 'Whether somebody is at home',
        security: [],
        responses: { 200: textAnswer('ok') },
      },
      post: delivery('zalo', 'What happened on the Official Account', '1 MiB'),
    },
    '/webhooks/messenger': {
      get: {
        tags: ['providers'],
        summary: "Meta's handshake",
        security: [],
        parameters: ['hub.mode', 'hub.verify_token', 'hub.challenge'].map((name) => ({
          name,
          in: 'query',
          required: true,
          schema: { type: 'string' },
        })),
        responses: { 200: textAnswer('The challenge.'), 403: textAnswer('Another mode or token.') },
      },
      post: delivery('messenger', 'What happened on the page', '4 MiB'),
    },
  };
}

function delivery(channel: keyof typeof signatures, summary: string, limit: string) {
  const { name, words } = signatures[channel];
  return {
    tags: ['providers'],
    summary,
    description:
      'Signed JSON of the provider. 200 is said once it is kept; the same delivery twice has no effect. Kinds of event that are unknown here are kept as well. 404 while the channel is not configured.',
    security: [],
    parameters: [{ name, in: 'header', required: true, description: words, schema: { type: 'string' as const } }],
    requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' as const } } } },
    responses: {
      200: textAnswer('Kept.'),
      400: errorAnswer('Signed, but not JSON of a webhook.'),
      401: errorAnswer('The signature is missing or wrong.'),
      413: errorAnswer(`More than ${limit}.`),
      503: errorAnswer('Not kept, the database cannot commit: send it again after `Retry-After`.'),
    },
  };
}
