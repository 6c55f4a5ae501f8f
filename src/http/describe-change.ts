// A changing call in the words of the audit: which object, whose, which fields. Read from the request itself, so that a
// new route needs to say nothing.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import './api-access.ts';
import type { AuditEntry } from './write-audit.ts';

export type ChangingRequest = Pick<FastifyRequest, 'method' | 'url' | 'body'> &
  Partial<Pick<FastifyRequest, 'actor' | 'routeOptions' | 'params'>>;

const PREFIX = '/api/v1';
const recordSchema = z.record(z.string(), z.unknown()).catch({});
const idsSchema = z.object({ id: z.string().optional().catch(undefined) }).catch({});
const customerSchema = z.object({ customer: z.string().optional().catch(undefined) }).catch({});

/** `answer` names what was made, when the address does not. */
export function describeChange(request: ChangingRequest, answer: unknown, at: Date): AuditEntry {
  const route = withoutPrefix(request.routeOptions?.url ?? request.url.split('?', 1)[0] ?? '');
  const params = recordSchema.parse(request.params);
  const [objectKind = null] = route.split('/').filter((part) => part !== '');
  const [first] = Object.values(params);
  const objectId = typeof first === 'string' ? first : (idsSchema.parse(request.body).id ?? idsSchema.parse(answer).id);
  const named = typeof params.externalId === 'string' && objectKind === 'customers' ? params.externalId : undefined;
  return {
    at,
    actor: request.actor || 'system',
    action: `${request.method} ${route}`,
    objectKind,
    objectId: objectId ?? null,
    customer: named ?? customerSchema.parse(request.body).customer ?? null,
    data: fieldsOf(request.body),
  };
}

function withoutPrefix(path: string): string {
  return path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path;
}

/** Names of what was sent, or how many items a batch held. */
function fieldsOf(body: unknown): Record<string, unknown> {
  if (Array.isArray(body)) return { items: body.length };
  const fields = recordSchema.parse(body ?? {});
  if (Array.isArray(fields.items)) return { items: fields.items.length };
  return { fields: Object.keys(fields) };
}
