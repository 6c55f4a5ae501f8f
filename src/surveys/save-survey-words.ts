// What scripts asked and heard in a batch of turns. A question is `queued` until its message left (offers/note-delivery),
// asking again after a closed case is known as such, and its answer says whether the customer came back.
import type pg from 'pg';
import type { NewId } from '../ids.ts';
import { isRecoveredSql } from './score-bounds.ts';
import type { SurveyWord } from './survey-word.ts';

export type SpokenSurvey = SurveyWord & {
  customerId: string;
  conversationId: string;
  channel: string;
  inboundEventId: string;
  at: Date;
};

/** Within so many days after a low score's case was closed, the same question asks again. */
export const ASK_AGAIN_WITHIN_DAYS = 60;

const NOT_ASKED_AGAIN = `NOT EXISTS (SELECT 1 FROM survey_answers r WHERE r.case_id = c.id AND r.is_repeat AND r.status <> 'unsent')`;

/** The closed case that the run is about. */
const CASE_OF_RUN = `
  SELECT c.id FROM cases c
  WHERE c.id::text = t.case_id AND c.customer_id = t.customer_id AND c.status = 'closed' AND ${NOT_ASKED_AGAIN}`;

/** Else the newest closed case of a low score in the same question. */
const CASE_TO_ASK_AGAIN = `
  SELECT c.id FROM cases c JOIN survey_answers first ON first.case_id = c.id AND NOT first.is_repeat
  WHERE c.customer_id = t.customer_id AND c.kind = 'low_score' AND c.status = 'closed' AND first.metric = t.metric
    AND c.closed_at > t.at - interval '${ASK_AGAIN_WITHIN_DAYS} days' AND first.run_id <> t.run_id
    AND ${NOT_ASKED_AGAIN}
  ORDER BY c.closed_at DESC LIMIT 1`;

const SAVE = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(new_id uuid, customer_id uuid, conversation_id uuid, channel text, run_id uuid, flow text,
    flow_version_id uuid, step text, metric text, asked boolean, answer text, score int, comment text, case_id text, inbound_event_id uuid, at timestamptz)
), known AS (
  SELECT t.*, a.id AS answer_id, a.status AS was, a.score IS NOT NULL AND a.score <> t.score AS corrects,
    coalesce(a.case_id, CASE WHEN a.id IS NULL THEN coalesce((${CASE_OF_RUN}), (${CASE_TO_ASK_AGAIN})) END) AS about_case,
    CASE WHEN a.id IS NULL THEN coalesce(t.answer, 'queued')
      WHEN a.status = 'answered' OR t.answer = 'answered' THEN 'answered'
      -- What was never asked cannot run out of time.
      WHEN t.answer = 'expired' THEN CASE WHEN a.status = 'asked' THEN 'expired' ELSE 'unsent' END
      WHEN t.asked AND a.status = 'unsent' THEN 'queued' ELSE a.status END AS becomes
  FROM t LEFT JOIN survey_answers a ON a.run_id = t.run_id AND a.step = t.step
), changed AS (
  UPDATE survey_answers a SET status = k.becomes, score = coalesce(k.score, a.score), comment = coalesce(k.comment, a.comment),
    answered_at = CASE WHEN k.becomes <> k.was AND k.becomes IN ('answered', 'expired') THEN k.at ELSE a.answered_at END
  FROM known k WHERE a.id = k.answer_id
  RETURNING a.case_id, a.is_repeat, a.metric, a.score, a.status
), made AS (
  INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, comment, asked_at, answered_at,
    case_id, is_repeat)
  SELECT new_id, customer_id, conversation_id, run_id, flow, step, metric, becomes, score, comment, at,
    CASE WHEN answer IS NOT NULL THEN at END, about_case, about_case IS NOT NULL
  FROM known WHERE answer_id IS NULL
  RETURNING case_id, is_repeat, metric, score, status
), told AS (
  INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, flow, flow_version_id, step, inbound_event_id, data)
  SELECT at, 'survey_' || becomes, customer_id, conversation_id, channel, flow, flow_version_id, step, inbound_event_id,
    jsonb_strip_nulls(jsonb_build_object('metric', metric, 'score', score, 'caseId', about_case))
  FROM known WHERE (becomes IS DISTINCT FROM was OR corrects) AND becomes IN ('answered', 'expired')
)
UPDATE cases c SET is_recovered = ${isRecoveredSql('h')}
FROM (SELECT * FROM changed UNION ALL SELECT * FROM made) h
WHERE c.id = h.case_id AND h.is_repeat AND h.status = 'answered' AND h.score IS NOT NULL AND c.is_recovered IS NULL`;

/** In the transaction of the turns. */
export async function saveSurveyWords(
  client: pg.ClientBase | pg.Pool,
  newId: NewId,
  words: readonly SpokenSurvey[],
): Promise<void> {
  if (words.length === 0) return;
  const steps = Map.groupBy(words, (word) => `${word.runId} ${word.step}`);
  const rows = [...steps.values()].map((of) => ({ new_id: newId(), ...rowOf(of) }));
  await client.query({ name: 'save-survey-words', text: SAVE, values: [JSON.stringify(rows)] });
}

/** A step asked and answered in one batch is one row, with its last word. */
function rowOf(words: SpokenSurvey[]) {
  const last = words.at(-1);
  const answer = words.findLast((word) => word.status !== 'asked');
  return {
    customer_id: last?.customerId,
    conversation_id: last?.conversationId,
    channel: last?.channel,
    run_id: last?.runId,
    flow: last?.flow,
    flow_version_id: last?.flowVersionId,
    step: last?.step,
    metric: last?.metric,
    asked: words.some((word) => word.status === 'asked'),
    answer: answer?.status ?? null,
    score: words.findLast((word) => word.score !== null)?.score ?? null,
    case_id: last?.caseId ?? null,
    comment: words.findLast((word) => word.comment !== null)?.comment ?? null,
    inbound_event_id: (answer ?? last)?.inboundEventId,
    at: last?.at,
  };
}
