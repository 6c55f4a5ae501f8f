// The shape of a flow: every step can be reached, none ends in nothing, none runs in circles without the customer.
import type { Finding } from '../problem.ts';
import type { FlowFile } from '../read-flow.ts';
import { type FlowEdge, type FlowGraph, findCycle, reachable, type StepKey, stepKey } from './flow-graph.ts';
import { atStep, type FlowWorld } from './flow-world.ts';

export function checkGraph(flow: FlowFile, world: FlowWorld): Finding[] {
  if (!flow.isComplete) return [];
  return [...unreachableSteps(flow, world), ...deadEnds(flow), ...circles(flow, world.graph)];
}

function unreachableSteps(flow: FlowFile, { graph, arrivals }: FlowWorld): Finding[] {
  const entered = flow.head.entry.flatMap(({ go }) => go ?? flow.steps[0]?.id ?? []).map((id) => stepKey(flow.id, id));
  const fromOthers = arrivals.get(flow.id) ?? [];
  const reached = reachable(graph, [...entered, ...fromOthers], ({ to }) => to.startsWith(`${flow.id}/`));
  return flow.steps
    .filter((step) => !reached.has(stepKey(flow.id, step.id)))
    .map((step) =>
      atStep(step, {
        code: 'unreachable_step',
        severity: 'warning',
        path: ['id'],
        message: `Không có đường nào dẫn đến bước "${step.id}".`,
        fix: `Thêm "next: ${step.id}" hoặc "go: ${step.id}" ở bước phải đến đây, hoặc xoá bước này.`,
      }),
    );
}

function deadEnds(flow: FlowFile): Finding[] {
  const last = flow.steps.at(-1);
  if (last === undefined || last.isFinal || last.kind === 'branch') return [];
  if (!last.exits.some(({ to }) => to === undefined)) return [];
  return [
    atStep(last, {
      code: 'dead_end',
      path: ['id'],
      message: `Bước cuối "${last.id}" không nói đi đâu tiếp.`,
      fix: 'Thêm "next: end" để kết thúc, hoặc "next: tên_bước" để đi tiếp.',
    }),
  ];
}

function circles(flow: FlowFile, graph: FlowGraph): Finding[] {
  const endless = circlesAlong(flow, graph, ({ by }) => by === 'now').map(({ step, text }) =>
    atStep(step, {
      code: 'loop_without_waiting',
      path: ['id'],
      message: `Các bước chạy vòng tròn không dừng: ${text}.`,
      fix: 'Thêm một bước hỏi (ask, choose) hoặc chờ (wait) vào vòng này, hoặc đổi "go"/"next" của một bước.',
    }),
  );
  const nagging = circlesAlong(flow, graph, ({ by }) => by !== 'answer')
    .filter(({ cycle }) => findCycle(graph, cycle[0] ?? '', ({ by }) => by === 'now') === null)
    .map(({ step, text }) =>
      atStep(step, {
        code: 'endless_reminder',
        severity: 'warning',
        path: ['id'],
        message: `Nếu khách im lặng, vòng này lặp lại mãi: ${text}.`,
        fix: 'Cho "no_reply" đi đến một bước khác ở lần sau, hoặc đếm số lần bằng remember và branch.',
      }),
    );
  return [...endless, ...nagging];
}

function circlesAlong(flow: FlowFile, graph: FlowGraph, follows: (edge: FlowEdge) => boolean) {
  const told = new Set<StepKey>();
  return flow.steps.flatMap((step) => {
    const key = stepKey(flow.id, step.id);
    if (told.has(key)) return [];
    const cycle = findCycle(graph, key, follows);
    if (cycle === null) return [];
    for (const member of cycle) told.add(member);
    const text = cycle
      .map((member) => (member.startsWith(`${flow.id}/`) ? member.slice(flow.id.length + 1) : member))
      .join(' → ');
    return [{ step, cycle, text }];
  });
}
