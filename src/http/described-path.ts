// Addresses that no schema guards at runtime, in the words of the page at /api/docs.
import { z } from 'zod';
import { errorAnswerSchema } from './error-answer.ts';

/** Address → its methods, as OpenAPI writes them. */
export type DescribedPaths = Record<string, object>;

/** An answer of JSON. */
export function jsonAnswer(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema: z.toJSONSchema(schema) } } };
}

export function textAnswer(description: string, type = 'text/plain') {
  return { description, content: { [type]: { schema: { type: 'string' as const } } } };
}

export function errorAnswer(description: string) {
  return jsonAnswer(description, errorAnswerSchema);
}

/** Bytes as they are; `form-data` holds them as its one file. */
export function fileContent(types: readonly string[]) {
  const file = { type: 'string', format: 'binary' };
  const form = { type: 'object', properties: { file }, required: ['file'] };
  return Object.fromEntries(types.map((type) => [type, { schema: type === 'multipart/form-data' ? form : file }]));
}
