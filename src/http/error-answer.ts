// What goes wrong over HTTP, in the one shape that integrators program against: a stable code, a sentence, details.
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isConnectionLost } from '../database.ts';
import { HttpError } from '../errors.ts';
import { explainIssues } from './explain-issues.ts';

export const errorAnswerSchema = z.object({
  error: z.object({
    code: z.string().meta({ description: 'Stable, lower snake_case: program against this one.' }),
    message: z.string().meta({ description: 'For people: what is wrong and how to mend it. May change.' }),
    details: z.unknown().optional(),
  }),
});
export type ErrorAnswer = z.infer<typeof errorAnswerSchema>;

/** Spread into the `response` schemas of every REST route. */
export const errorAnswers = {
  '4xx': errorAnswerSchema.meta({ description: 'Refused; nothing was changed.' }),
  '5xx': errorAnswerSchema.meta({ description: 'Not done; 503 says when to try again.' }),
};

export const RETRY_AFTER_SECONDS = 2;

/** Status and body for anything thrown on the way; what is not somebody's mistake stays without detail. */
export function answerOf(error: unknown): { status: number; body: ErrorAnswer } {
  if (error instanceof HttpError) return answer(error.status, error.code, error.message, error.details);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = explainIssues(error.validation);
    return answer(
      400,
      'invalid_request',
      details.map((one) => `${one.path || 'body'}: ${one.message}`).join('; '),
      details,
    );
  }
  if (isDatabaseAway(error)) {
    return answer(
      503,
      'database_unavailable',
      'The database cannot answer now; nothing was changed. Try again shortly.',
    );
  }
  return frameworkAnswer(error) ?? answer(500, 'internal_error', 'Something went wrong on our side; it was logged.');
}

function answer(
  status: number,
  code: string,
  message: string,
  details?: unknown,
): { status: number; body: ErrorAnswer } {
  return { status, body: { error: { code, message, ...(details === undefined ? {} : { details }) } } };
}

const frameworkCodes: Record<string, { code: string; message: string }> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'Send JSON, with the header "content-type: application/json".',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload_too_large', message: 'The body is too large; send smaller batches.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'invalid_json', message: 'The body is not valid JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'invalid_json', message: 'The body is empty; send a JSON object.' },
};

/** What Fastify itself refuses before a handler runs. */
function frameworkAnswer(error: unknown): { status: number; body: ErrorAnswer } | null {
  if (!isFastifyError(error)) return null;
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return null;
  const known = frameworkCodes[error.code];
  if (known) return answer(status, known.code, known.message);
  // Broken JSON can also surface as a bare SyntaxError with status 400.
  if (error instanceof SyntaxError) return answer(400, 'invalid_json', 'The body is not valid JSON.');
  return answer(status, status === 429 ? 'too_many_requests' : 'bad_request', error.message);
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}

/** Prisma: P1xxx cannot reach the server, P2024 no connection in time. PostgreSQL: 55P03 a lock was not had in time. */
function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (isConnectionLost(error)) return true;
  if (!(error instanceof Error) || depth > 3) return false;
  if ('code' in error && typeof error.code === 'string' && /^(P1\d{3}|P2024|55P03|40001|40P01)$/.test(error.code))
    return true;
  return error.cause !== undefined && isDatabaseAway(error.cause, depth + 1);
}
