// CSAT, NPS and CES of a period, each defined once, with how sure they are and how many low ones were won back.
import type pg from 'pg';
import type { SurveyMetric } from '../flows/steps/survey-words.ts';
import { wilsonInterval } from '../offers/wilson-interval.ts';
import { isLowSql, scoreBounds, surveyMetrics } from './score-bounds.ts';
import type { ResultAnswer } from './survey-schema.ts';

const RECOVERED = (metric: SurveyMetric) =>
  `recovered rate: low answers (${metric} ≤ ${scoreBounds[metric].low}) of the period whose case is closed and whose second answer is ≥ ${scoreBounds[metric].recovered}, divided by low answers whose case is closed.`;

const definitions: Record<SurveyMetric, string> = {
  csat: `CSAT = answers 4–5 ÷ answers (1–5), Wilson 95 % interval. ${RECOVERED('csat')}`,
  nps: `NPS = % of 9–10 minus % of 0–6, interval from the variance of single answers. ${RECOVERED('nps')}`,
  ces: `CES = answers 5–7 ÷ answers (1–7), Wilson 95 % interval. ${RECOVERED('ces')}`,
};

const COUNT = `
SELECT metric, status, score, count(*)::int AS n FROM survey_answers
WHERE asked_at >= $1 AND asked_at < $2 AND NOT is_repeat GROUP BY 1, 2, 3`;

const RECOVERY = `
SELECT a.metric, count(DISTINCT k.id)::int AS low, count(DISTINCT r.case_id)::int AS asked_again,
  count(DISTINCT k.id) FILTER (WHERE k.is_recovered)::int AS recovered
FROM survey_answers a JOIN cases k ON k.id = a.case_id AND k.status = 'closed'
LEFT JOIN survey_answers r ON r.case_id = k.id AND r.is_repeat AND r.status IN ('asked', 'answered', 'expired')
WHERE a.asked_at >= $1 AND a.asked_at < $2 AND NOT a.is_repeat AND a.status = 'answered' AND ${isLowSql('a')}
GROUP BY 1`;

type Count = { metric: string; status: string; score: number | null; n: number };
type Recovery = { metric: string; low: number; asked_again: number; recovered: number };

/** Of questions that left in the period; asking again after a case is counted in the recovered rate alone. */
export async function readResults(
  pool: pg.Pool,
  { from, to, metric }: { from: Date; to: Date; metric?: SurveyMetric | undefined },
): Promise<ResultAnswer[]> {
  const counts = await pool.query<Count>(COUNT, [from, to]);
  const recoveries = await pool.query<Recovery>(RECOVERY, [from, to]);
  return surveyMetrics
    .filter((one) => metric === undefined || one === metric)
    .map((one) =>
      resultOf(
        one,
        counts.rows.filter((row) => row.metric === one),
        recoveries.rows.find((row) => row.metric === one) ?? { metric: one, low: 0, asked_again: 0, recovered: 0 },
      ),
    );
}

function resultOf(metric: SurveyMetric, counts: readonly Count[], recovery: Recovery): ResultAnswer {
  const of = (status: string) => sum(counts.filter((row) => row.status === status).map((row) => row.n));
  const scores = new Map<number, number>();
  for (const { status, score, n } of counts) {
    if (status === 'answered' && score !== null) scores.set(score, (scores.get(score) ?? 0) + n);
  }
  const [answered, expired, waiting] = [of('answered'), of('expired'), of('asked')];
  const rate = wilsonInterval(recovery.recovered, recovery.low);
  return {
    metric,
    definition: definitions[metric],
    asked: answered + expired + waiting,
    ...{ answered, expired, waiting, unsent: of('unsent') },
    average: answered === 0 ? null : sum([...scores].map(([score, n]) => score * n)) / answered,
    score: scoreOf(metric, scores),
    scores: Object.fromEntries([...scores].map(([score, n]) => [String(score), n])),
    recovered: {
      low: recovery.low,
      askedAgain: recovery.asked_again,
      recovered: recovery.recovered,
      rate: { value: rate.share, low: rate.low, high: rate.high },
    },
  };
}

/** Good from here on: 4 of 5, 9 of 10, 5 of 7. */
const GOOD_FROM: Record<SurveyMetric, number> = { csat: 4, nps: 9, ces: 5 };
const Z = 1.959963984540054;

function scoreOf(metric: SurveyMetric, scores: ReadonlyMap<number, number>): ResultAnswer['score'] {
  const total = sum([...scores.values()]);
  const good = countIf(scores, (score) => score >= GOOD_FROM[metric]);
  if (metric !== 'nps') {
    const { share, low, high } = wilsonInterval(good, total);
    return { value: share, low, high };
  }
  if (total === 0) return { value: null, low: null, high: null };
  const bad = countIf(scores, (score) => score <= scoreBounds.nps.low);
  const value = (good - bad) / total;
  const half = Z * Math.sqrt(Math.max(0, (good + bad) / total - value ** 2) / total);
  const points = (share: number) => Math.max(-100, Math.min(100, share * 100));
  return { value: points(value), low: points(value - half), high: points(value + half) };
}

function countIf(scores: ReadonlyMap<number, number>, test: (score: number) => boolean): number {
  return sum([...scores].filter(([score]) => test(score)).map(([, n]) => n));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
