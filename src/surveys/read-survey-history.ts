// When customers were last asked anything, and which of their closed cases still wait for the second question.
import type pg from 'pg';
import type { SurveyHistory } from './may-ask-survey.ts';
import { ASK_AGAIN_WITHIN_DAYS } from './save-survey-words.ts';

const READ = `
SELECT c AS customer_id,
  (SELECT max(a.asked_at) FROM survey_answers a WHERE a.customer_id = c AND a.status <> 'unsent') AS last_asked_at,
  ARRAY(SELECT k.id::text FROM cases k WHERE k.customer_id = c AND k.status = 'closed'
    AND k.closed_at > $2::timestamptz - interval '${ASK_AGAIN_WITHIN_DAYS} days'
    AND NOT EXISTS (SELECT 1 FROM survey_answers r WHERE r.case_id = k.id AND r.is_repeat AND r.status <> 'unsent')) AS cases
FROM unnest($1::uuid[]) AS c`;

/** Of customers for whom a flow is due; one statement, only index look-ups. */
export async function readSurveyHistory(
  client: pg.ClientBase,
  customerIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, SurveyHistory>> {
  if (customerIds.length === 0) return new Map();
  type Row = { customer_id: string; last_asked_at: Date | null; cases: string[] };
  const { rows } = await client.query<Row>({
    name: 'read-survey-history',
    text: READ,
    values: [[...new Set(customerIds)], now],
  });
  return new Map(rows.map((row) => [row.customer_id, { lastAskedAt: row.last_asked_at, casesToAskAgain: row.cases }]));
}
