// What a check of the flows folder found, as it comes out of the thread that checked.
import { z } from 'zod';
import type { FolderTexts } from './read-flow-files.ts';

/** `path` relative to the flows folder; `isGood`: it may be published. */
const fileSchema = z.object({ path: z.string(), id: z.string(), note: z.string().nullable(), isGood: z.boolean() });

const problemSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  step: z.string().nullable(),
  message: z.string(),
  fix: z.string(),
});

const guideSchema = z.object({
  id: z.string(),
  title: z.string(),
  shortTitle: z.string(),
  product: z.enum(['spa', 'training', 'common']),
  rank: z.number().nullable(),
  keywords: z.array(z.string()),
  questions: z.array(z.string()),
  summary: z.string(),
  body: z.string(),
  videoUrl: z.string().nullable(),
});

export const checkedFilesSchema = z.object({
  /** Every file that is there, sound or not. */
  flows: z.array(fileSchema),
  journeys: z.array(fileSchema),
  isCatalogueGood: z.boolean(),
  /** null = a guide is broken: the guides in use stay. */
  guides: z.array(guideSchema).nullable(),
  problems: z.array(problemSchema),
});

export type CheckedFile = z.infer<typeof fileSchema>;
export type CheckedFiles = z.infer<typeof checkedFilesSchema>;

/** The problem of a check that came to no end. */
export const CHECK_FAILED = 'check_failed';

/** When the check itself came to no end: nothing may be published, whatever is in use stays. */
export function nothingChecked(texts: FolderTexts, why: { message: string; fix: string }): CheckedFiles {
  const unknown = (path: string): CheckedFile => ({ path, id: idOfPath(path), note: null, isGood: false });
  return {
    flows: [...texts.flows.keys()].map(unknown),
    journeys: [...texts.journeys.keys()].map(unknown),
    isCatalogueGood: false,
    guides: null,
    problems: [{ code: CHECK_FAILED, severity: 'error', file: '.', line: 1, column: 1, step: null, ...why }],
  };
}

/** The name that a file has to have is the id of what is in it. */
export function idOfPath(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.(flow|journey)\.yaml$/, '');
}
