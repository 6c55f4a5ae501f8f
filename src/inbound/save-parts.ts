// One statement out of the parts that have rows: most turns of most batches change few tables, and a part without rows
// would cost its plan all the same.
import type pg from 'pg';
import { type Columns, columnArrays, type RowOf, unnest } from '../batch-rows.ts';

/** Rows of one shape, and the common table expressions that put them into tables. */
export type SavePart = {
  name: string;
  count: number;
  /** How many parameters it takes. */
  width: number;
  expressions: (firstParameter: number) => string;
  values: () => Buffer[];
};

/** `expressions` gets what the rows are read from; `$1` is the moment of saving in all parts. */
export function savePart<C extends Columns>(
  name: string,
  columns: C,
  rows: readonly RowOf<C>[],
  expressions: (from: string) => string,
): SavePart {
  return {
    name,
    count: rows.length,
    width: Object.keys(columns).length,
    expressions: (firstParameter) => expressions(unnest(columns, firstParameter)),
    values: () => columnArrays(columns, rows),
  };
}

/** A statement is written once for each set of parts, and prepared once on each connection. */
const statements = new Map<string, string>();

/** Runs the parts that have rows as one statement. */
export async function saveParts(client: pg.ClientBase, now: Date, parts: readonly SavePart[]): Promise<void> {
  const filled = parts.filter((part) => part.count > 0);
  if (filled.length === 0) return;
  const name = `save ${filled.map((part) => part.name).join(' ')}`;
  const text = statements.get(name) ?? writeStatement(filled);
  statements.set(name, text);
  await client.query({ name, text, values: [now, ...filled.flatMap((part) => part.values())] });
}

function writeStatement(parts: readonly SavePart[]): string {
  let parameter = 2;
  const expressions = parts.map((part) => {
    const first = parameter;
    parameter += part.width;
    return part.expressions(first);
  });
  // Not every part reads the moment, but every statement says its type.
  return `WITH moment AS (SELECT $1::timestamptz), ${expressions.join(', ')} SELECT 1 WHERE false`;
}
