// The last stop of a REST request that failed: answered in the one error shape, logged when it is our fault.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf, type ErrorAnswer, RETRY_AFTER_SECONDS } from './error-answer.ts';

/** For `setErrorHandler`, and for Fastify's `frameworkErrors` (malformed addresses never reach a plugin). */
export async function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { status, body } = answerOf(error);
  if (status === 500) request.log.error({ err: outline(error) }, 'a request failed');
  // Whoever has not said everything yet is not listened to any longer.
  if (status === 408) reply.header('connection', 'close');
  if (status === 503) {
    request.log.warn({ err: outline(error) }, 'a request found no database');
    reply.header('retry-after', RETRY_AFTER_SECONDS);
  }
  await sendAnswer(reply, status, body);
}

export async function handleNotFound(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const message = `There is no ${request.method} ${pathOf(request.url)}; /api/docs lists what there is.`;
  await sendAnswer(reply, 404, { error: { code: 'not_found', message } });
}

/** Without the fields in which database errors quote values: they may be a person's. */
function outline(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? error.code : undefined;
  return { type: error.name, code, message: error.message, stack: error.stack };
}

/** Past the route's own serializer, which knows the shapes of success. */
async function sendAnswer(reply: FastifyReply, status: number, body: ErrorAnswer): Promise<void> {
  await reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}

export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
