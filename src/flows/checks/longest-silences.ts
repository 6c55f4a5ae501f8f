// How long a customer may have been silent when a run comes to a step: worked out over all flows at once.
import { defaultWindowHours } from '../channel-limits.ts';
import type { FlowFile } from '../read-flow.ts';
import { type FlowGraph, type StepKey, stepKey } from './flow-graph.ts';

/** Past this nothing changes any more: every window is closed. */
const foreverMs = defaultWindowHours.zaloClosed * 3_600_000;

/** ms of silence at most when a run comes to each step; Infinity when nobody knows. */
export function longestSilences(flows: ReadonlyMap<string, FlowFile>, graph: FlowGraph): Map<StepKey, number> {
  const silence = new Map<StepKey, number>();
  const open: StepKey[] = [];
  const raise = (key: StepKey, ms: number) => {
    const capped = ms > foreverMs ? Number.POSITIVE_INFINITY : ms;
    if (!graph.has(key) || capped <= (silence.get(key) ?? -1)) return;
    silence.set(key, capped);
    open.push(key);
  };
  for (const flow of flows.values()) {
    for (const { on, go } of flow.head.entry) {
      const unknown = on === 'manual';
      raise(stepKey(flow.id, go ?? flow.steps[0]?.id ?? ''), unknown ? Number.POSITIVE_INFINITY : 0);
    }
  }
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const here = silence.get(key) ?? 0;
    for (const { to, by, afterMs } of graph.get(key) ?? []) raise(to, by === 'answer' ? 0 : here + afterMs);
  }
  return silence;
}
