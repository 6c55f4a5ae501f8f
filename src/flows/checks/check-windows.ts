// No message hopes for an open window: for every step that speaks, the longest time since the customer last acted is
// worked out over all flows; past a channel's window the step must say what to do instead.
import { defaultWindowHours } from '../channel-limits.ts';
import type { Finding } from '../problem.ts';
import type { FlowFile } from '../read-flow.ts';
import { stepKey } from './flow-graph.ts';
import { atStep, type FlowWorld } from './flow-world.ts';

const hourMs = 3_600_000;

export function checkWindows(flow: FlowFile, world: FlowWorld): Finding[] {
  if (!flow.isComplete || flow.head.settings.if_closed !== undefined) return [];
  return flow.steps.flatMap((step): Finding[] => {
    const speaks = step.spoken.length > 0 || step.kind === 'guide';
    const silent = world.silences.get(stepKey(flow.id, step.id)) ?? 0;
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

function describeSilence(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'rất lâu';
  const hours = Math.round(ms / hourMs);
  return hours % 24 === 0 ? `${hours / 24} ngày` : `${hours} giờ`;
}

function describeWindows(ms: number): string {
  const parts = [`Messenger chỉ cho nhắn trong ${defaultWindowHours.messenger} giờ`];
  if (ms > defaultWindowHours.zaloClosed * hourMs) parts.push('Zalo trong 7 ngày');
  else if (ms > defaultWindowHours.zaloFree * hourMs) parts.push('Zalo bắt đầu tính phí sau 48 giờ');
  return parts.join(', ');
}
