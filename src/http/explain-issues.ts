// Turns a schema's complaints into lines that an integrator can act on: every mistake at once, each with its path.
import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod';
import { z } from 'zod';

export type RequestMistake = { path: string; message: string };

type Issue = { path: PropertyKey[]; code: string; message: string; rest: Record<string, unknown> };

const nestedIssueSchema = z.looseObject({
  code: z.string(),
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
});
const branchesSchema = z.array(z.array(nestedIssueSchema));

/** Paths are dotted, "consents.0.purpose"; "" is the body as a whole. */
export function explainIssues(errors: readonly ZodFastifySchemaValidationError[]): RequestMistake[] {
  return errors
    .map((error) => ({
      path: error.instancePath.split('/').filter((part) => part !== ''),
      code: String(error.keyword),
      message: error.message ?? 'is wrong',
      rest: error.params,
    }))
    .flatMap(explain);
}

/** The same for a part of a body that is checked on its own. */
export function explainZodError(error: z.ZodError): RequestMistake[] {
  return error.issues.flatMap((issue) =>
    explain({ path: issue.path, code: issue.code, message: issue.message, rest: { ...issue } }),
  );
}

function explain(issue: Issue): RequestMistake[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = z.array(z.string()).catch([]).parse(issue.rest.keys);
    return keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: 'is not a field of this request; check the spelling.',
    }));
  }
  if (issue.code === 'invalid_key') {
    const nested = z.array(nestedIssueSchema).catch([]).parse(issue.rest.issues);
    if (nested.length > 0) return nested.map(({ message }) => ({ path, message }));
  }
  if (issue.code === 'invalid_union') {
    const branch = likeliestBranch(issue.rest.errors);
    if (branch) {
      return branch.flatMap((nested) =>
        explain({ path: [...issue.path, ...nested.path], code: nested.code, message: nested.message, rest: nested }),
      );
    }
  }
  return [{ path, message: issue.message }];
}

/** The alternative that fits best: one that does not already fail at its root. */
function likeliestBranch(errors: unknown) {
  const branches = branchesSchema.catch([]).parse(errors);
  return branches.find((issues) => !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0));
}
