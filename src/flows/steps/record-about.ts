// An open answer or a choice that adds to an earlier step: the comment to a survey, the reason for declining an offer.
import type { FlowCommand } from '../flow-run.ts';
import type { Finding } from '../problem.ts';
import type { FlowPlan, StepScope } from './step-kind.ts';

const maxComment = 1_000;

/** The record of that earlier step, now with what the customer added. */
export function aboutCommands(
  about: string | undefined,
  plan: FlowPlan,
  scope: StepScope,
  comment: string,
): FlowCommand[] {
  if (about === undefined) return [];
  const survey = plan.survey(about);
  if (survey !== null) {
    const score = scope.variables[survey.variable];
    const scored = typeof score === 'number' ? { score } : {};
    const words = { comment: comment.slice(0, maxComment) };
    return [{ type: 'record_survey', step: about, metric: survey.metric, status: 'answered', ...scored, ...words }];
  }
  const offer = plan.offer(about);
  if (offer === null) return [];
  return [
    { type: 'record_offer', step: about, code: offer.code, state: 'declined', reason: comment.slice(0, maxComment) },
  ];
}

/** `about` must name a survey or an offer of the same flow. */
export function aboutFindings(step: { id: string; about?: string | undefined }, plan: FlowPlan): Finding[] {
  if (step.about === undefined || plan.survey(step.about) !== null || plan.offer(step.about) !== null) return [];
  return [
    {
      code: 'unknown_about',
      path: ['about'],
      message: `"about: ${step.about}" không phải là một bước survey hay offer của kịch bản này.`,
      fix: 'Ghi tên một bước survey (để lưu ý kiến) hoặc offer (để lưu lý do từ chối), hoặc bỏ dòng "about".',
    },
  ];
}
