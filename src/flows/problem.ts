// What can be wrong with a flow file, told to marketers: where, what, and how to mend it.

export type Problem = {
  /** Stable, lower snake_case: unknown_target, missing_else … */
  code: string;
  severity: 'error' | 'warning';
  file: string;
  /** From 1. */
  line: number;
  column: number;
  /** Id of the step, null when the problem is not in one. */
  step: string | null;
  message: string;
  fix: string;
};

/** Where inside a parsed file: keys and list positions from the root. */
export type SourcePath = readonly (string | number)[];

/** A problem before its place in the file is known. */
export type Finding = {
  code: string;
  severity?: 'error' | 'warning';
  path: SourcePath;
  step?: string | null;
  message: string;
  fix: string;
  /** A piece of the value at `path`, and the column (from 1) within that piece. */
  within?: { text: string; column: number };
};

/** One line for logs and terminals: "flows/a.flow.yaml:3:5 lỗi unknown_target …". */
export function formatProblem(problem: Problem): string {
  const kind = problem.severity === 'error' ? 'LỖI' : 'nhắc';
  const step = problem.step === null ? '' : ` (bước "${problem.step}")`;
  return `${problem.file}:${problem.line}:${problem.column} ${kind}${step}: ${problem.message} → ${problem.fix} [${problem.code}]`;
}
