// wait: nothing is said until a span is over or a date has come; what the customer writes meanwhile is somebody else's
// to answer, ends the wait, or is simply kept.
import { z } from 'zod';
import { clockTimeSchema, durationMs, durationSchema, offsetSchema } from '../duration.ts';
import { atClockTime } from '../local-time.ts';
import {
  type Behaviour,
  conditionSchema,
  defineStepKind,
  type Exit,
  type FlowPlan,
  notUnderstood,
  type StepScope,
  stepFields,
  targetSchema,
} from './step-kind.ts';
import { nowMs, timerAt } from './timer.ts';

const waitSchema = z
  .strictObject({
    ...stepFields,
    wait: z
      .union([
        durationSchema,
        z.strictObject({
          until: conditionSchema.describe('Một ngày giờ, ví dụ subscription.expires_at'),
          offset: offsetSchema.optional(),
        }),
      ])
      .describe('Chờ bao lâu ("2 days") hoặc đến khi nào ("until: subscription.expires_at")'),
    at: clockTimeSchema.optional().describe('Hết hạn chờ thì dời đến giờ này trong ngày'),
    if_customer_writes: z
      .union([z.enum(['keep', 'continue']), targetSchema])
      .default('keep')
      .describe('Khách nhắn trong lúc chờ: "keep" = vẫn chờ, "continue" = đi tiếp ngay, hoặc tên bước để đến'),
  })
  .describe('wait: chờ một khoảng thời gian');
type WaitStep = z.infer<typeof waitSchema>;

export const waitKind = defineStepKind<WaitStep>({
  key: 'wait',
  schema: waitSchema,
  waits: true,
  exits: (step) => [
    { name: 'time', to: step.next, path: ['next'], by: 'time', afterMs: longestWait(step) },
    ...writeExits(step),
  ],
  conditions: (step) => (typeof step.wait === 'string' ? [] : [{ path: ['wait', 'until'], text: step.wait.until }]),
  behave: behaveWait,
});

function writeExits(step: WaitStep): Exit[] {
  if (step.if_customer_writes === 'keep') return [];
  const to = step.if_customer_writes === 'continue' ? step.next : step.if_customer_writes;
  return [{ name: 'wrote', to, path: ['if_customer_writes'], by: 'answer' }];
}

function longestWait(step: WaitStep): number {
  const day = step.at === undefined ? 0 : durationMs('1 day');
  return typeof step.wait === 'string' ? durationMs(step.wait) + day : Number.POSITIVE_INFINITY;
}

function behaveWait(step: WaitStep, plan: FlowPlan): Behaviour {
  const until = typeof step.wait === 'string' ? null : plan.condition(step.wait.until);
  const dueOf = (scope: StepScope): number => {
    const due = until === null ? nowMs(scope) : Date.parse(String(until(scope)));
    const shifted = (Number.isNaN(due) ? nowMs(scope) : due) + spanOf(step);
    return Math.max(nowMs(scope), toClockTime(step, shifted, scope));
  };
  return {
    arrive: (scope) => {
      const due = dueOf(scope);
      return { commands: [timerAt(step.id, due)], notes: { due } };
    },
    understand: () =>
      step.if_customer_writes === 'keep' ? notUnderstood(step.id) : { exit: 'wrote', effect: { commands: [] } },
    resume: (scope) => ({ stay: { commands: [timerAt(step.id, Number(scope.notes.due ?? dueOf(scope)))] } }),
  };
}

function spanOf(step: WaitStep): number {
  if (typeof step.wait === 'string') return durationMs(step.wait);
  return step.wait.offset === undefined ? 0 : durationMs(step.wait.offset);
}

/** The first such hour at or after the moment. */
function toClockTime(step: WaitStep, ms: number, scope: StepScope): number {
  if (step.at === undefined) return ms;
  const sameDay = atClockTime(ms, step.at, scope.facts.timeZone);
  return sameDay >= ms ? sameDay : atClockTime(ms + durationMs('1 day'), step.at, scope.facts.timeZone);
}
