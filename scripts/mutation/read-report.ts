// What Stryker found, as figures and as lines that a person can go through.
import { z } from 'zod';
import { equivalents } from './equivalent.ts';

const placeSchema = z.object({ line: z.number(), column: z.number() });
const mutantSchema = z.object({
  mutatorName: z.string(),
  replacement: z.string().default(''),
  status: z.enum(['Killed', 'Survived', 'NoCoverage', 'Timeout', 'CompileError', 'RuntimeError', 'Ignored', 'Pending']),
  location: z.object({ start: placeSchema, end: placeSchema }),
});
const reportSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.string(), mutants: z.array(mutantSchema) })),
});
type Survivor = { file: string; line: number; at: string; becomes: string; isCovered: boolean };

export type Report = {
  mutants: number;
  killed: number;
  timedOut: number;
  equivalent: number;
  survivors: Survivor[];
  /** Of those that some test could notice, how many one did. */
  percent: number;
};

export function readReport(text: string): Report {
  const { files } = reportSchema.parse(JSON.parse(text));
  const all = Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file, source })),
  );
  const count = (status: string) => all.filter((mutant) => mutant.status === status).length;
  const left = all.flatMap(({ file, source, location, replacement, status }): Survivor[] => {
    if (status !== 'Survived' && status !== 'NoCoverage') return [];
    const { start, end } = location;
    return [{ file, line: start.line, ...changeAt(source, start, end, replacement), isCovered: status === 'Survived' }];
  });
  const survivors = left.filter((survivor) => !isEquivalent(survivor));
  return withPercent({
    killed: count('Killed'),
    timedOut: count('Timeout'),
    equivalent: left.length - survivors.length,
    survivors,
  });
}

/** Several pieces as one. */
export function sumOf(reports: readonly Report[]): Report {
  const sum = (of: (report: Report) => number) => reports.reduce((all, report) => all + of(report), 0);
  return withPercent({
    killed: sum(({ killed }) => killed),
    timedOut: sum(({ timedOut }) => timedOut),
    equivalent: sum(({ equivalent }) => equivalent),
    survivors: reports.flatMap(({ survivors }) => survivors),
  });
}

function withPercent(counts: Omit<Report, 'mutants' | 'percent'>): Report {
  const noticed = counts.killed + counts.timedOut;
  const noticeable = noticed + counts.survivors.length;
  const percent = noticeable === 0 ? 100 : (100 * noticed) / noticeable;
  return { ...counts, mutants: noticeable + counts.equivalent, percent };
}
type Place = z.infer<typeof placeSchema>;

/** What stands at the place of the change, on one line, and what it becomes. */
function changeAt(source: string, start: Place, end: Place, replacement: string): { at: string; becomes: string } {
  const lines = source.split('\n');
  const line = lines[start.line - 1] ?? '';
  const from = line.slice(start.column - 1);
  if (line.slice(0, start.column - 1).endsWith('sqlOr(')) return choiceAt(from);
  const at = start.line === end.line ? from.slice(0, end.column - start.column) : from;
  return { at: at.slice(0, 160), becomes: replacement.slice(0, 120) };
}

/** Of a choice (vary-sql.ts) the words that stand first and those that it changes to. */
function choiceAt(from: string): { at: string; becomes: string } {
  const words: string[] = [];
  let depth = 1;
  for (const [token] of from.matchAll(/"(?:[^"\\]|\\.)*"|[()]/g)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else words.push(token);
    if (depth === 0) break;
  }
  return { at: words[0] ?? '', becomes: words.at(-1) ?? '' };
}

function isEquivalent({ file, at, becomes }: Survivor): boolean {
  return equivalents.some((one) => one.file === file && at.startsWith(one.at) && becomes.startsWith(one.becomes));
}

export function tellGroup(name: string, report: Report): string {
  const { mutants, killed, timedOut, equivalent, survivors, percent } = report;
  const lines = survivors.map(
    ({ file, line, at, becomes, isCovered }) =>
      `  ${file}:${line}${isCovered ? '' : ' (never run)'}  ${at}  →  ${becomes}`,
  );
  const figures = `${mutants} changes, ${killed} noticed, ${timedOut} by running out of time, ${survivors.length} not noticed, ${equivalent} without effect`;
  return [`${name}: ${figures}: ${percent.toFixed(1)} %`, ...lines].join('\n');
}
