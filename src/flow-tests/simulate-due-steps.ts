// The steps of simulated care that are due: decided, put in order, and begun in the chat or handed to staff.

import { offerDeadline } from '../flows/catalogue/catalogue-facts.ts';
import { holds } from '../flows/condition.ts';
import { changeStep } from '../flows/journeys/apply-plan.ts';
import { arbitrate } from '../flows/journeys/arbitrate.ts';
import type { KnownEnrolment, KnownStep, Subject } from '../flows/journeys/care-state.ts';
import { decideStep, lateFrom } from '../flows/journeys/decide-step.ts';
import type { Journey, JourneyStep } from '../flows/journeys/journey.ts';
import { journeyScope } from '../flows/journeys/journey-scope.ts';
import { saidNo, subjectOf } from '../flows/journeys/reasons-to-end.ts';
import { dueOf } from '../flows/journeys/step-times.ts';
import type { SimulatedCare } from './simulate-care.ts';

type Ready = { row: KnownStep; step: JourneyStep; journey: Journey; enrolment: KnownEnrolment; subject: Subject };

const hourMs = 3_600_000;
/** As long as the engine lets a step wait for its turn in a chat. */
const longestWaitMs = 72 * hourMs;

/** True when anything was decided. */
export function startDueSteps(care: SimulatedCare): boolean {
  const due = care.state.enrolments.flatMap((enrolment) =>
    enrolment.status !== 'active'
      ? []
      : enrolment.steps
          .filter(({ status, dueAt }) => status === 'planned' && dueAt <= care.now)
          .map((row) => ({ enrolment, row })),
  );
  const ready = due.flatMap(({ enrolment, row }) => decide(care, enrolment, row));
  const { timeZone } = care.chat.facts;
  const asked = ready.map(({ row, step, journey, enrolment }) => {
    const dueAt = dueOf(step, enrolment.anchorAt, row.occurrence, timeZone);
    return { id: row.id, journey, step, dueAt: lateFrom(journey, step, dueAt, care.moment()) };
  });
  for (const verdict of arbitrate(asked, care.touches, care.setup.caps, care.now)) {
    const one = ready.find(({ row }) => row.id === verdict.id);
    if (one === undefined) continue;
    if (verdict.verdict === 'start') begin(care, one);
    else if (verdict.verdict === 'skip') skip(care, one, verdict.reason);
    else putOff(care, one, verdict.until, verdict.reason);
  }
  return due.length > 0;
}

function decide(care: SimulatedCare, enrolment: KnownEnrolment, row: KnownStep): Ready[] {
  const journey = care.setup.journeys.find(({ id }) => id === enrolment.journey);
  const isOver = care.state.enrolments.find(({ id }) => id === enrolment.id)?.status !== 'active';
  if (journey === undefined || isOver) return [];
  const decision = decideStep(journey, enrolment, row, care.state, care.moment());
  const step = journey.steps.find(({ id }) => id === row.step);
  const subject = subjectOf(enrolment, care.state);
  if (decision.decision === 'start' && step !== undefined && subject !== undefined) {
    return [{ row, step, journey, enrolment, subject }];
  }
  if (decision.decision === 'end') care.end(enrolment.id, decision.status, decision.reason);
  else if (decision.decision === 'skip') skip(care, { row, journey }, decision.reason);
  else if (decision.decision === 'move') putOff(care, { row, journey }, decision.dueAt, decision.reason);
  return [];
}

function begin(care: SimulatedCare, ready: Ready): void {
  const { step, journey, row } = ready;
  if (step.action.do === 'task') return openTask(care, ready, step.action.titleOf);
  const { flow, at, offer } = step.action;
  // Journeys about a purchase go on without their messages, as in the engine: their tasks are still somebody's.
  if (care.state.isOptedOut) return skip(care, ready, saidNo);
  const wait = waitsFor(care, journey);
  if (wait !== null) {
    const hasWaited =
      care.now.getTime() - dueOf(step, ready.enrolment.anchorAt, row.occurrence, care.chat.facts.timeZone).getTime();
    if (journey.busy === 'skip' || hasWaited > longestWaitMs) return skip(care, ready, wait);
    return putOff(care, ready, new Date(care.now.getTime() + hourMs), wait);
  }
  const refusal = refusalOf(care, ready, offer);
  if (refusal !== null) return skip(care, ready, refusal);
  const { order = null, case: opened = null } = ready.subject.facts;
  care.assign({ order, case: opened, offer: offerFacts(care, ready.subject, offer) });
  if (!care.chat.start(flow, { at: at ?? undefined })) {
    return skip(care, ready, `Không có kịch bản "${flow}".`);
  }
  care.state = changeStep(care.state, row.id, 'started');
  if (offer !== null) care.offered.add(offer);
  if (journey.purpose !== 'service') care.touches.push({ at: care.now, purpose: journey.purpose });
  care.visited.add(`${journey.id}/${row.step}`);
  care.log.push({ ...lineOf(care, ready), what: 'started', flow });
  if (!care.isWindowOpen) goAround(care, ready);
  else care.hear();
}

function openTask(
  care: SimulatedCare,
  ready: Ready,
  titleOf: (scope: ReturnType<typeof journeyScope>) => string,
): void {
  const title = titleOf(journeyScope(ready.subject, care.now, ready.enrolment.since));
  care.state = changeStep(care.state, ready.row.id, 'started');
  care.visited.add(`${ready.journey.id}/${ready.row.step}`);
  care.log.push({ ...lineOf(care, ready), what: 'task', title });
}

/** One question of ours at a time; what only waits for its date asks nothing. */
function waitsFor({ chat }: SimulatedCare, { busy }: Journey): string | null {
  if (chat.isWithPerson) return 'Nhân viên đang trò chuyện với khách.';
  const { run } = chat;
  if (busy === 'interrupt' || run === null || run.startedBy !== 'care') return null;
  return run.flow.steps.get(run.step)?.kind === 'wait' ? null : 'Khách đang ở trong một kịch bản chăm sóc khác.';
}

/** What the engine asks of offers and consent, in its words. */
function refusalOf(care: SimulatedCare, { journey, subject, enrolment }: Ready, code: string | null): string | null {
  if (journey.purpose === 'advertising' && !care.hasConsent) return 'Khách chưa đồng ý nhận tin quảng cáo.';
  if (code === null) return null;
  const offer = care.setup.catalogue.offer(code);
  if (offer === null) return `Danh mục không có ưu đãi "${code}".`;
  if (!holds(offer.eligible, journeyScope(subject, care.now, enrolment.since))) {
    return `Khách không thuộc diện nhận ưu đãi ${code}.`;
  }
  if (offer.once !== 'never' && care.offered.has(code)) return `Khách đã được mời ưu đãi ${code} rồi.`;
  return care.heldOut.has(code) ? `Khách thuộc nhóm đối chứng ${offer.holdOutPercent} % của ưu đãi ${code}.` : null;
}

function offerFacts({ setup }: SimulatedCare, { facts }: Subject, code: string | null) {
  const offer = code === null ? null : setup.catalogue.offer(code);
  if (offer === null) return null;
  const { benefit, price, gift } = offer;
  const personal = offer.hasPersonalCode ? `${offer.code}-7K2M` : null;
  return {
    code: offer.code,
    personal_code: personal,
    benefit,
    price,
    gift,
    deadline: offerDeadline(offer, facts)?.toISOString() ?? null,
  };
}

/** The channel no longer lets us talk freely: what the flow said goes its other way, or not at all. */
function goAround(care: SimulatedCare, ready: Ready): void {
  const before = care.effects.length;
  care.hear();
  for (const { command } of care.effects.splice(before)) {
    if (command.type !== 'say') continue;
    const ways = (command.ifClosed ?? []).map((rung) => rung.do);
    const line = lineOf(care, ready);
    if (ways.length > 0) care.log.push({ ...line, what: 'fallback', ways });
    else care.log.push({ ...line, what: 'not_sent', reason: 'Kênh không còn cho nhắn (đã quá khung giờ).' });
  }
}

function skip(care: SimulatedCare, one: Pick<Ready, 'row' | 'journey'>, reason: string): void {
  care.state = changeStep(care.state, one.row.id, 'skipped');
  care.log.push({ ...lineOf(care, one), what: 'not_sent', reason });
}

function putOff(care: SimulatedCare, one: Pick<Ready, 'row' | 'journey'>, until: Date, reason: string): void {
  care.state = changeStep(care.state, one.row.id, 'planned', until);
  care.log.push({ ...lineOf(care, one), what: 'put_off', reason });
}

function lineOf({ now }: SimulatedCare, { row, journey }: Pick<Ready, 'row' | 'journey'>) {
  return { at: now, journey: journey.id, step: row.step };
}
