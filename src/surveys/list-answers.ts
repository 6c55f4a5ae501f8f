// The answers behind the numbers, newest first.
import type pg from 'pg';
import { collectValues, seesCustomer, type Viewer } from '../http/may-see.ts';
import { toPage } from '../http/page.ts';
import { readMoment } from '../http/read-moment.ts';
import { type AnswerQuery, surveyAnswerRow } from './survey-schema.ts';

const LIST = (seen: string) => `
SELECT a.id, c.external_id AS customer, a.customer_id AS "customerId", a.metric, a.status, a.score, a.comment, a.flow,
  a.asked_at AS "askedAt", a.answered_at AS "answeredAt", a.case_id AS "caseId", a.is_repeat AS "isRepeat"
FROM survey_answers a JOIN customers c ON c.id = a.customer_id
WHERE ($1::timestamptz IS NULL OR a.asked_at >= $1) AND ($2::timestamptz IS NULL OR a.asked_at < $2)
  AND ($3::text IS NULL OR a.metric = $3) AND ($4::text IS NULL OR a.status = $4)
  AND ($5::text IS NULL OR c.external_id = $5) AND ($6::uuid IS NULL OR a.id < $6) AND ${seen}
ORDER BY a.id DESC LIMIT $7`;

export async function listAnswers(pool: pg.Pool, timeZone: string, query: AnswerQuery, viewer: Viewer) {
  const { from, to, metric, status, customer, cursor, limit } = query;
  const moment = (text: string | undefined) => (text === undefined ? null : readMoment(text, timeZone));
  const { values, value } = collectValues([
    ...[moment(from), moment(to), metric ?? null, status ?? null, customer ?? null, cursor ?? null],
    limit + 1,
  ]);
  const text = LIST(seesCustomer('a.customer_id', viewer, value));
  const { rows } = await pool.query<Record<string, unknown>>(text, values);
  const items = rows.map((row) =>
    surveyAnswerRow.parse(
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
      ),
    ),
  );
  return toPage(items, limit);
}
