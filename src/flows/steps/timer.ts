// A step's own timer: one row, keyed by the step's id, so that it is replaced and cancelled with the step.
import { durationMs } from '../duration.ts';
import type { FlowCommand } from '../flow-run.ts';
import type { RunScope } from '../run-scope.ts';

/** Milliseconds since the epoch, of the run's now. */
export function nowMs(scope: RunScope): number {
  return Date.parse(scope.facts.now);
}

/** Starts the timer of `step` after a span; nothing without a span. */
export function timerCommand(step: string, after: string | undefined, scope: RunScope): FlowCommand[] {
  return after === undefined ? [] : [timerAt(step, nowMs(scope) + durationMs(after))];
}

export function timerAt(step: string, dueMs: number): FlowCommand {
  return { type: 'start_timer', step, key: step, dueAt: new Date(dueMs).toISOString() };
}
