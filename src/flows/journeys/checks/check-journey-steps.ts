// The steps of a journey: told apart by name, in the order of time, repeated within bounds, leading to what exists.
import { durationMs } from '../../duration.ts';
import { hintName } from '../../nearest-name.ts';
import type { Finding, SourcePath } from '../../problem.ts';
import type { JourneyFile, JourneyFileStep } from '../read-journey.ts';
import type { JourneyWorld } from './journey-world.ts';

export function checkJourneySteps(journey: JourneyFile, world: JourneyWorld): Finding[] {
  return journey.steps.flatMap((step, position) =>
    [
      ...idFindings(journey, step),
      ...orderFindings(journey.steps, position),
      ...repeatFindings(journey, step),
      ...targetFindings(step, world),
      ...offerFindings(step, world),
    ].map((finding) => ({ ...finding, step: step.id, path: ['steps', step.index, ...finding.path] })),
  );
}

function idFindings({ stepIds }: JourneyFile, { id, index }: JourneyFileStep): Finding[] {
  if (stepIds.indexOf(id) === index) return [];
  const message = `Đã có một bước khác tên "${id}".`;
  return [{ code: 'duplicate_id', path: ['id'], message, fix: 'Đổi tên một trong hai bước.' }];
}

function orderFindings(steps: readonly JourneyFileStep[], position: number): Finding[] {
  const [before, step] = [steps[position - 1], steps[position]];
  if (before === undefined || step === undefined) return [];
  if (durationMs(step.offset) >= durationMs(before.offset)) return [];
  return [
    {
      code: 'offsets_out_of_order',
      severity: 'warning',
      path: ['offset'],
      message: `Bước này (${step.offset}) diễn ra trước bước "${before.id}" ở trên (${before.offset}).`,
      fix: 'Xếp các bước theo thời gian cho dễ đọc, hoặc sửa "offset".',
    },
  ];
}

function repeatFindings({ head }: JourneyFile, step: JourneyFileStep): Finding[] {
  const offset = durationMs(step.offset);
  const findings: Finding[] = [];
  if (offset < 0 && head.trigger.on !== 'date') {
    const message = 'Chỉ hành trình quanh một ngày mới có bước diễn ra trước mốc.';
    const fix = 'Bỏ dấu "-", hoặc đổi trigger thành { on: date, of: … }.';
    findings.push({ code: 'negative_offset', path: ['offset'], message, fix });
  }
  if (step.until !== undefined && step.every === undefined) {
    const fix = 'Thêm "every: 1 day", hoặc bỏ "until".';
    findings.push({ code: 'until_without_every', path: ['until'], message: '"until" cần có "every".', fix });
  } else if (step.until !== undefined && durationMs(step.until) < offset) {
    const message = `Bước dừng (${step.until}) trước khi bắt đầu (${step.offset}).`;
    findings.push({ code: 'until_before_offset', path: ['until'], message, fix: 'Cho "until" lớn hơn "offset".' });
  }
  if (step.every !== undefined && durationMs(step.every) < durationMs('1 hour')) {
    const fix = 'Lặp lại cách nhau ít nhất 1 giờ.';
    findings.push({ code: 'repeats_too_often', path: ['every'], message: `Lặp mỗi ${step.every} là quá dày.`, fix });
  }
  if (step.every !== undefined && step.until === undefined && ['customer', 'order'].includes(head.for)) {
    const message = `Bước lặp mãi: ${head.for === 'order' ? 'đơn hàng' : 'khách'} thì không bao giờ hết.`;
    const fix = 'Thêm "until: 90 days", hoặc dùng "for: subscription" để dừng cùng gói.';
    findings.push({ code: 'endless_repeat', path: ['every'], message, fix });
  }
  return findings;
}

function targetFindings({ flow }: JourneyFileStep, { flows }: JourneyWorld): Finding[] {
  if (flow === undefined) return [];
  const [id = '', at] = flow.split('/');
  const path: SourcePath = ['flow'];
  const target = flows.get(id);
  if (target === undefined) {
    const message = `Không có kịch bản nào tên "${id}".`;
    return [{ code: 'unknown_flow', path, message, fix: hintName(id, flows.keys()) }];
  }
  if (at === undefined || target.stepIds.includes(at)) return [];
  const message = `Kịch bản "${id}" không có bước nào tên "${at}".`;
  return [{ code: 'unknown_target', path, message, fix: hintName(at, target.stepIds) }];
}

function offerFindings({ offer }: JourneyFileStep, { catalogue }: JourneyWorld): Finding[] {
  if (offer === undefined || catalogue === null || catalogue.offer(offer) !== null) return [];
  const fix = hintName(
    offer,
    catalogue.offers.map(({ code }) => code),
  );
  return [{ code: 'unknown_offer', path: ['offer'], message: `Không có ưu đãi nào mã "${offer}".`, fix }];
}
