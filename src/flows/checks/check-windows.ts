// No message hopes for an open window: for every step that speaks, the longest time since the customer last acted is
// worked out over all flows; past a channel's window the step must say what to do instead.
import { defaultWindowHours } from '../channel-limits.ts';
import type { Finding } from '../problem.ts';
import type { FlowFile } from '../read-flow.ts';
import { type FlowGraph, makeGraph, type StepKey, stepKey } from './flow-graph.ts';
import { atStep, type FlowWorld } from './flow-world.ts';

const hourMs = 3_600_000;
/** Past this nothing changes any more: every window is closed. */
const foreverMs = defaultWindowHours.zaloClosed * hourMs;

export function checkWindows(flow: FlowFile, world: FlowWorld): Finding[] {
  if (!flow.isComplete || flow.head.settings.if_closed !== undefined) return [];
  const silence = longestSilences(world.flows, makeGraph(world.flows));
  return flow.steps.flatMap((step): Finding[] => {
    const speaks = step.spoken.length > 0 || step.kind === 'guide';
    const silent = silence.get(stepKey(flow.id, step.id)) ?? 0;
    const isClosed = silent > defaultWindowHours.messenger * hourMs;
    if (!speaks || !isClosed || step.ifClosed !== null) return [];
    return [
      atStep(step, {
        code: 'window_may_close',
        path: [step.spoken[0]?.key ?? step.kind],
        message: `Khi đến bước này khách có thể đã im lặng ${describeSilence(silent)}: ${describeWindows(silent)}.`,
        fix: 'Thêm "if_closed: skip" (bỏ qua), "if_closed: task" (giao nhân viên) hoặc danh sách các cách thử lần lượt, ví dụ [{ template: …, with: … }, email, task], ở bước này hay ở "settings".',
      }),
    ];
  });
}

/** ms of silence at most when a run comes to each step; Infinity when nobody knows. */
function longestSilences(flows: FlowWorld['flows'], graph: FlowGraph): Map<StepKey, number> {
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

function describeSilence(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'rất lâu';
  const hours = Math.round(ms / hourMs);
  return hours % 24 === 0 ? `${hours / 24} ngày` : `${hours} giờ`;
}

function describeWindows(ms: number): string {
  const parts = [`Messenger chỉ cho nhắn trong ${defaultWindowHours.messenger} giờ`];
  if (ms > foreverMs) parts.push('Zalo trong 7 ngày');
  else if (ms > defaultWindowHours.zaloFree * hourMs) parts.push('Zalo bắt đầu tính phí sau 48 giờ');
  return parts.join(', ');
}
