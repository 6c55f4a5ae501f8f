// What a score means: low opens a case, high enough after the case was closed means that the customer came back.
import type { SurveyMetric } from '../flows/steps/survey-words.ts';

export const surveyMetrics = ['csat', 'nps', 'ces'] as const satisfies readonly SurveyMetric[];

type Bounds = {
  /** Up to it somebody has to look. */
  low: number;
  /** From it on somebody who was low counts as won back. */
  recovered: number;
};

export const scoreBounds: Readonly<Record<SurveyMetric, Bounds>> = {
  csat: { low: 2, recovered: 4 },
  nps: { low: 6, recovered: 7 },
  ces: { low: 3, recovered: 5 },
};

/** As conditions of SQL over the columns `metric` and `score` of the alias. */
export const isLowSql = (alias: string): string => boundSql(alias, (metric) => `<= ${scoreBounds[metric].low}`);
export const isRecoveredSql = (alias: string): string =>
  boundSql(alias, (metric) => `>= ${scoreBounds[metric].recovered}`);

function boundSql(alias: string, bound: (metric: SurveyMetric) => string): string {
  const cases = surveyMetrics.map((metric) => `WHEN '${metric}' THEN ${alias}.score ${bound(metric)}`);
  return `(CASE ${alias}.metric ${cases.join(' ')} ELSE false END)`;
}
