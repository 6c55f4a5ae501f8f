// What was given to `query` of a connection, as those read it who look over its shoulder.
import { z } from 'zod';

const ASKS = /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i;
const givenSchema = z.object({
  text: z.string(),
  name: z.string().optional(),
  values: z.array(z.unknown()).optional(),
});

/** `about`: the statement's name, or how it begins. */
export type AskedStatement = { about: string; text: string; values?: unknown[] };

/** null = it asks for no rows: BEGIN, SET, a query object of another kind. */
export function readAsked([first, values]: unknown[]): AskedStatement | null {
  const given = givenSchema.safeParse(typeof first === 'string' ? { text: first } : first).data;
  if (given === undefined || !ASKS.test(given.text)) return null;
  const { text, name = text.trim().replaceAll(/\s+/g, ' ').slice(0, 110) } = given;
  const own = Array.isArray(values) ? values : given.values;
  return { about: name, text, ...(own ? { values: own } : {}) };
}
