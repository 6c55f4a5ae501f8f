// Every place a run can be sent to exists, and every id stands for one thing.
import { readTarget } from '../flow-target.ts';
import { hintName } from '../nearest-name.ts';
import type { Finding } from '../problem.ts';
import type { FlowFile } from '../read-flow.ts';
import { foldText } from '../vietnamese-text.ts';
import { atStep, type FlowWorld } from './flow-world.ts';

export function checkTargets(flow: FlowFile, world: FlowWorld): Finding[] {
  const fromSteps = flow.steps.flatMap((step) =>
    step.exits.flatMap(({ to, path }) =>
      to === undefined ? [] : targetFindings(flow, world, to, path).map((finding) => atStep(step, finding)),
    ),
  );
  const fromEntries = flow.head.entry.flatMap(({ go }, index) =>
    go === undefined ? [] : targetFindings(flow, world, go, ['entry', index, 'go']),
  );
  return [...fromSteps, ...fromEntries, ...idFindings(flow)];
}

function targetFindings(flow: FlowFile, world: FlowWorld, to: string, path: Finding['path']): Finding[] {
  const target = readTarget(to);
  if (target.kind === 'end') return [];
  if (target.kind === 'step') {
    if (flow.stepIds.includes(target.step) || hasMisspelt(flow.stepIds, target.step)) return [];
    const message = `Không có bước nào tên "${target.step}" trong kịch bản này.`;
    return [{ code: 'unknown_target', path, message, fix: hintName(target.step, [...flow.stepIds, 'end']) }];
  }
  const other = world.flows.get(target.flow);
  if (other === undefined) {
    const message = `Không có kịch bản nào tên "${target.flow}".`;
    return [{ code: 'unknown_flow', path, message, fix: hintName(target.flow, world.flows.keys()) }];
  }
  if (target.at === undefined || other.stepIds.includes(target.at)) return [];
  const message = `Kịch bản "${target.flow}" không có bước nào tên "${target.at}".`;
  return [{ code: 'unknown_target', path, message, fix: hintName(target.at, other.stepIds) }];
}

/** "chúc mừng" for "chuc_mung": the step's own name is told already, and whoever mends it mends this. */
function hasMisspelt(stepIds: readonly string[], wanted: string): boolean {
  return stepIds.some((id) => foldText(id).replaceAll(/\s+/g, '_') === wanted);
}

function idFindings(flow: FlowFile): Finding[] {
  const seen = new Set<string>();
  return flow.steps.flatMap((step): Finding[] => {
    const isRepeated = seen.has(step.id);
    seen.add(step.id);
    if (step.id === 'end') {
      const fix = 'Đặt tên khác, ví dụ "ket_thuc": "end" luôn có nghĩa là kết thúc.';
      return [atStep(step, { code: 'reserved_id', path: ['id'], message: 'Bước không được tên là "end".', fix })];
    }
    if (!isRepeated) return [];
    const message = `Đã có một bước khác tên "${step.id}".`;
    return [atStep(step, { code: 'duplicate_id', path: ['id'], message, fix: 'Đổi tên một trong hai bước.' })];
  });
}
