// An import over REST, and what is kept of it between its portions.
import { z } from 'zod';
import { momentAnswer, textField } from '../http/request-fields.ts';
import { importKind } from './import-kinds.ts';

export const importStatus = z.enum(['queued', 'running', 'done', 'failed', 'undoing', 'undone']);

/** The column `mapping` of the table `imports`: all that reading the file needs to know. */
export const importPlan = z.object({
  columns: z.array(z.object({ field: z.string(), heading: z.string(), place: z.int() })),
  ignored: z.array(z.string()),
  sheet: z.string().nullable(),
  /** Rows of the file without its heading; null = not read to the end yet. */
  total: z.int().nullable(),
});
export type ImportPlan = z.infer<typeof importPlan>;

const ownMapping = z
  .string()
  .max(10_000)
  .transform((text, context) => {
    try {
      const parsed: unknown = JSON.parse(text);
      return parsed;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON: {"phone": "Cột của tôi"}' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().max(60), z.string().max(200)));

export const importQuery = z.object({
  kind: importKind,
  dryRun: z.stringbool().default(false).meta({ description: 'Check every row, change nothing; then POST …/run.' }),
  sheet: textField(100).optional().meta({ description: 'XLSX: the sheet; the first one when left out.' }),
  mapping: ownMapping.optional().meta({
    description: 'JSON, field → heading, for columns whose heading says something else.',
    examples: ['{"phone": "Liên hệ"}'],
  }),
  fileName: textField(200).optional().meta({ description: 'For a bare body; multipart names its file.' }),
});
export type ImportQuery = z.infer<typeof importQuery>;

export const importAnswer = z.object({
  id: z.uuid(),
  kind: importKind,
  fileName: z.string(),
  isDryRun: z.boolean(),
  status: importStatus,
  reason: z.string().nullable().meta({ description: 'Why it failed, and how to mend it.' }),
  columns: z.record(z.string(), z.string()).meta({ description: 'Field → heading of its column.' }),
  ignoredColumns: z.array(z.string()),
  rows: z.object({
    total: z.int().nullable().meta({ description: 'Rows of the file; null until it has been read to its end once.' }),
    read: z.int(),
    good: z.int(),
    wrong: z.int(),
    created: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    undone: z.int(),
    kept: z.int().meta({ description: 'Not undone, because changed or used since.' }),
  }),
  createdBy: z.string(),
  createdAt: momentAnswer,
  finishedAt: momentAnswer.nullable(),
  undoneAt: momentAnswer.nullable(),
});
export type ImportAnswer = z.infer<typeof importAnswer>;

export const importParams = z.object({ id: z.uuid() });

export const rowResult = z.enum(['created', 'changed', 'unchanged', 'wrong', 'undone', 'kept']);

export const rowsQuery = z.object({
  result: rowResult.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'must be the nextCursor of an earlier answer')
    .optional()
    .meta({ description: 'The nextCursor of the page before.' }),
});
export type RowsQuery = z.infer<typeof rowsQuery>;

export const storedMistakes = z.array(z.object({ column: z.string().nullable(), message: z.string() }));

export const rowsPage = z.object({
  items: z.array(
    z.object({
      line: z.int().meta({ description: 'Line of the file; the heading is the first.' }),
      key: z.string().nullable(),
      result: rowResult,
      errors: storedMistakes.meta({ description: 'Column, what is wrong, how to mend it (Vietnamese).' }),
    }),
  ),
  nextCursor: z.int().nullable(),
});
export type RowsPage = z.infer<typeof rowsPage>;
