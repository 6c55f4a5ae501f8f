// Conditions of journeys and catalogue: ready to be asked, with their own words kept for the ledger.
import { type Evaluator, isTrue } from './evaluate-expression.ts';
import type { FlowFacts } from './flow-run.ts';
import { createGuideLibrary } from './guides/guide-library.ts';
import { compileCondition } from './plan-flow.ts';
import type { RunScope } from './run-scope.ts';

/** `text` explains in the ledger why something was, or was not, done. */
export type Condition = { holds: Evaluator; text: string };

const noVariables: ReadonlySet<string> = new Set();

export function readyCondition(text: string): Condition {
  return { text, holds: compileCondition(text, noVariables) };
}

const noGuides = createGuideLibrary([]);

/** Facts alone, for conditions outside a run: no variables, no guides. */
export function factsScope(facts: FlowFacts): RunScope {
  return { facts, variables: {}, guides: noGuides };
}

/** No condition holds for everybody. */
export function holds(condition: Condition | null, scope: RunScope): boolean {
  return condition === null || isTrue(condition.holds(scope));
}
