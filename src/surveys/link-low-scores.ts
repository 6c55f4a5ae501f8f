// A case that a script opened after a low score belongs to that score: its kind, its owner, and the way back to the answer.
import type pg from 'pg';
import { isLowSql } from './score-bounds.ts';

// The owner of what the customer uses is the one who makes good. An answer that asked again keeps the case it asked about.
const LINK = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(case_id uuid, run_id uuid, subscription_id uuid)
), low AS (
  SELECT a.id, a.case_id AS known_case, t.case_id, t.subscription_id
  FROM t JOIN survey_answers a ON a.run_id = t.run_id WHERE a.status = 'answered' AND ${isLowSql('a')}
), linked AS (
  UPDATE survey_answers a SET case_id = low.case_id FROM low WHERE a.id = low.id AND low.known_case IS NULL
)
UPDATE cases c SET kind = 'low_score', owner = coalesce(c.owner,
    (SELECT s.owner FROM subscriptions s WHERE s.id = low.subscription_id),
    (SELECT s.owner FROM subscriptions s WHERE s.customer_id = c.customer_id AND s.owner IS NOT NULL AND s.status IN ('active', 'trial')
     ORDER BY s.expires_at NULLS LAST, s.id LIMIT 1))
FROM low WHERE c.id = low.case_id`;

/** `runId` and `subscriptionId` of the script that opened it, if one did. */
export type OpenedCase = { id: string; runId: string | null; subscriptionId: string | null };

/** In the transaction that opened the cases, after the answers of the same turns are saved. */
export async function linkLowScores(client: pg.ClientBase | pg.Pool, cases: readonly OpenedCase[]): Promise<void> {
  const ofRuns = cases.filter((one) => one.runId !== null);
  if (ofRuns.length === 0) return;
  const rows = ofRuns.map((one) => ({ case_id: one.id, run_id: one.runId, subscription_id: one.subscriptionId }));
  await client.query({ name: 'link-low-scores', text: LINK, values: [JSON.stringify(rows)] });
}
