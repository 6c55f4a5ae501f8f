// What a script asked, or heard, in one turn.
import type { SurveyMetric } from '../flows/steps/survey-words.ts';

export type SurveyWord = {
  runId: string;
  flow: string;
  flowVersionId: string | null;
  step: string;
  metric: SurveyMetric;
  /** `asked` = the script said the question; whether it left is known only to the outbox. */
  status: 'asked' | 'answered' | 'expired';
  score: number | null;
  comment: string | null;
  /** The case that the run is about. */
  caseId: string | null;
};
