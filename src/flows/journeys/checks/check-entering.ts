// Whether anybody can ever enter a journey, and whether whoever entered gets out again.

import { namesIn } from '../../checks/condition-findings.ts';
import { factsScope, holds, readyCondition } from '../../condition.ts';
import { parseExpression } from '../../expression.ts';
import { hintName } from '../../nearest-name.ts';
import type { Finding } from '../../problem.ts';
import { sampleFacts } from '../../sample-facts.ts';
import { subjectOfKind } from '../ledger-kinds.ts';
import type { JourneyFile } from '../read-journey.ts';

const dates = ['subscription.started_at', 'subscription.expires_at', 'order.at', 'case.opened_at', 'case.closed_at'];
const liveStatuses = ['active', 'trial', 'expired', 'pending'];

export function checkEntering(journey: JourneyFile): Finding[] {
  return [...triggerFindings(journey), ...audienceFindings(journey), ...goalFindings(journey)];
}

function triggerFindings({ head }: JourneyFile): Finding[] {
  const { trigger } = head;
  if (trigger.on === 'date') {
    const [group = ''] = trigger.of.split('.');
    const path = ['trigger', 'of'];
    if (!dates.includes(trigger.of) && !/^customer\.attributes\.[^.]+$/.test(trigger.of)) {
      const fix = hintName(trigger.of, [...dates, 'customer.attributes.ngay_sinh']);
      return [{ code: 'not_a_date', path, message: `"${trigger.of}" không phải là một ngày.`, fix }];
    }
    return group === 'customer' || group === head.for ? [] : [wrongSubject(head.for, group, `ngày "${trigger.of}"`)];
  }
  if (trigger.on !== 'event' || head.for === 'customer') return [];
  const events = typeof trigger.event === 'string' ? [trigger.event] : trigger.event;
  return events.flatMap((event) => {
    const about = subjectOfKind[event];
    return about === undefined || about === head.for ? [] : [wrongSubject(head.for, about, `việc "${event}"`)];
  });
}

function wrongSubject(given: string, right: string, words: string): Finding {
  return {
    code: 'nobody_enters',
    path: ['for'],
    message: `Không ai vào được: ${words} là của ${right}, còn hành trình dành cho ${given}.`,
    fix: `Đặt "for: ${right}".`,
  };
}

function audienceFindings({ head }: JourneyFile): Finding[] {
  const { audience, goal, trigger } = head;
  const findings: Finding[] = [];
  if (audience !== undefined && neverHolds(audience, head)) {
    const message = 'Không ai vào được: điều kiện "audience" không bao giờ đúng.';
    const fix = 'Sửa điều kiện; gói đã huỷ hay hoàn tiền thì hành trình của gói luôn dừng.';
    findings.push({ code: 'nobody_enters', path: ['audience'], message, fix });
  }
  if (trigger.on === 'segment' && trigger.edge === 'enters' && goal === trigger.when) {
    const message = 'Không ai vào được: mục tiêu đã đạt ngay khi khách đủ điều kiện vào.';
    findings.push({
      code: 'nobody_enters',
      path: ['goal'],
      message,
      fix: 'Đổi "goal" thành điều khách sẽ làm sau đó.',
    });
  }
  return findings;
}

/** Tried out where that can be: conditions about nothing, or about the subscription's status alone. */
function neverHolds(text: string, { for: subject, trigger }: JourneyFile['head']): boolean {
  // What cannot be read is told as that.
  if (!parseExpression(text).ok) return false;
  const names = namesIn(text);
  if (names.some(({ name }) => name !== 'subscription.status')) return false;
  const begunByEnd = trigger.on === 'event' && [trigger.event].flat().includes('subscription_ended');
  const isOpen = subject !== 'subscription' || begunByEnd;
  const statuses = isOpen ? [...liveStatuses, 'cancelled', 'refunded', 'paused'] : liveStatuses;
  const condition = readyCondition(text);
  return !statuses.some((status) =>
    holds(condition, factsScope(sampleFacts('zalo', '2026-01-01T00:00:00Z', { subscription: { status } }))),
  );
}

/** Without a goal a customer who has long done it is still asked to; one step alone cannot come too late. */
function goalFindings({ head, steps }: JourneyFile): Finding[] {
  const isWanted = ['activation', 'expansion', 'renewal'].includes(head.stage) || head.purpose === 'advertising';
  const isSingle = steps.length === 1 && steps[0]?.every === undefined;
  if (head.goal !== undefined || !isWanted || isSingle) return [];
  const message = `Chưa có mục tiêu: khách đã làm rồi vẫn nhận đủ ${steps.length} bước.`;
  const fix = 'Thêm "goal", ví dụ goal: since.subscription_renewed > 0.';
  return [{ code: 'missing_goal', severity: 'warning', path: ['id'], message, fix }];
}
