// The page at /api/docs: made from the routes' own schemas, served without any other host.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { type DescribedPaths, fileContent } from './described-path.ts';

// No foreign host, no inline script; and no upgrade to https, which would break a plain-http first try.
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'self'; img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'";

const DESCRIPTION = `Connects a CRM, billing or the product itself to Gắn Bó.

Every call needs \`Authorization: Bearer <key>\`, or the session of staff who signed in; a key or a role may do what its scopes say (403 \`scope_missing\` otherwise). Changing calls take \`Idempotency-Key\`: the same key with the same
request gets the first answer again and changes nothing; with another request it is refused (422). A refused call left no
trace and may be sent again with the same key.

Ids are strings. Fields that are left out stay as they are; \`null\` clears a field. Unknown fields are refused.
Errors are \`{ "error": { "code", "message", "details" } }\`; on 503 try again after the seconds of \`Retry-After\`.`;

/** Files are streamed, no schema checks them: what they come as is told from `consumes`. */
const describeRoute: typeof jsonSchemaTransform = (route) => {
  const { schema, url } = jsonSchemaTransform(route);
  if (!schema?.consumes) return { schema, url };
  return { schema: { ...schema, body: { content: fileContent(schema.consumes) } }, url };
};

/** Call before the routes are registered, on the instance that holds them. `paths`: what stands elsewhere. */
export async function registerOpenApi(app: FastifyInstance, paths: DescribedPaths): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Gắn Bó REST API', version: '1', description: DESCRIPTION },
      paths,
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      security: [{ apiKey: [] }],
      tags: [
        { name: 'customers', description: 'People, their identities on the channels, their consents.' },
        { name: 'records', description: 'Subscriptions, usage, orders.' },
        { name: 'ledger', description: 'What happened with a customer, and what was decided against.' },
        {
          name: 'privacy',
          description: 'Consent, copies, erasure, requests with the deadlines of the law, retention.',
        },
        { name: 'conversations', description: 'Threads: who leads them, taking over, handing back.' },
        { name: 'work', description: 'Cases and tasks: what staff are to do, by when, and what came of it.' },
        { name: 'staff', description: 'Signing in, oneself, colleagues, teams, invitations.' },
        { name: 'keys', description: 'Keys of integrators and what each may.' },
        { name: 'exports', description: 'Tables as CSV, for Excel.' },
        { name: 'audit', description: 'Who changed what.' },
        { name: 'providers', description: 'Where Zalo and Messenger knock: signed, without a key.' },
        { name: 'health', description: 'For whoever watches the program: without a key.' },
      ],
    },
    transform: describeRoute,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The page writes absolute addresses and does not know where it is mounted.
    indexPrefix: app.prefix,
    staticCSP: CONTENT_SECURITY_POLICY,
    theme: { title: 'Gắn Bó REST API' },
    uiConfig: { deepLinking: true, validatorUrl: null, docExpansion: 'list' },
  });
}
