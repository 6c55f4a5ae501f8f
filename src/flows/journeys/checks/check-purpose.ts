// What a journey says it is for agrees with what it says: selling is advertising, in the journey and in its flows.
import type { Finding } from '../../problem.ts';
import type { JourneyFile, JourneyFileStep } from '../read-journey.ts';
import type { JourneyWorld } from './journey-world.ts';

const selling: ReadonlySet<string> = new Set(['upsell', 'cross_sell']);

export function checkPurpose(journey: JourneyFile, world: JourneyWorld): Finding[] {
  return journey.steps.flatMap((step) =>
    [...offerFindings(journey, step, world), ...flowFindings(journey, step, world)].map((finding) => ({
      ...finding,
      step: step.id,
      path: ['steps', step.index, ...finding.path],
    })),
  );
}

function offerFindings({ head }: JourneyFile, { offer }: JourneyFileStep, { catalogue }: JourneyWorld): Finding[] {
  const kind = offer === undefined ? undefined : catalogue?.offer(offer)?.kind;
  if (kind === undefined || !selling.has(kind) || head.purpose === 'advertising') return [];
  const message = `Ưu đãi "${offer}" là bán thêm (${kind}) nhưng hành trình này có mục đích "${head.purpose}".`;
  const fix = 'Đặt "purpose: advertising": chỉ gửi cho khách đã đồng ý nhận quảng cáo.';
  return [{ code: 'offer_needs_advertising', path: ['offer'], message, fix }];
}

function flowFindings({ head }: JourneyFile, { flow }: JourneyFileStep, { flows }: JourneyWorld): Finding[] {
  const target = flows.get(flow?.split('/')[0] ?? '');
  if (target === undefined) return [];
  const { purpose } = target.head.settings;
  if ((head.purpose === 'advertising') === (purpose === 'advertising')) return [];
  const ofFlow = purpose === undefined ? 'không ghi mục đích' : `có mục đích "${purpose}"`;
  const message = `Hành trình có mục đích "${head.purpose}" nhưng kịch bản "${target.id}" ${ofFlow}.`;
  const fix =
    head.purpose === 'advertising'
      ? `Đặt "purpose: advertising" ở mục settings của ${target.id}, hoặc đổi mục đích của hành trình.`
      : 'Đặt "purpose: advertising" cho hành trình, hoặc đổi mục đích của kịch bản.';
  return [{ code: 'purpose_mismatch', path: ['flow'], message, fix }];
}
