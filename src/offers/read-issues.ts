// Issues of offers as REST shows them, with the orders that they brought.
import type pg from 'pg';
import { collectValues, seesCustomer, type Viewer } from '../http/may-see.ts';
import { toPage } from '../http/page.ts';
import { type IssueAnswer, type IssueQuery, issueAnswer } from './offer-schema.ts';

const SELECT = `
SELECT i.id, i.code, i.personal_code AS "personalCode", c.external_id AS customer, i.customer_id AS "customerId",
  s.external_id AS subscription, i.state, i.reason, i.journey, i.flow, coalesce(i.created_at, i.sent_at) AS "createdAt",
  i.sent_at AS "sentAt", i.answered_at AS "answeredAt", i.deadline_at AS "deadlineAt",
  coalesce((SELECT json_agg(json_build_object('id', o.external_id, 'kind', o.kind, 'amount', o.amount, 'attribution', o.attribution)
    ORDER BY o.at, o.kind = 'refund', o.external_id) FROM orders o WHERE o.offer_issue_id = i.id), '[]') AS orders
FROM offer_issues i JOIN customers c ON c.id = i.customer_id LEFT JOIN subscriptions s ON s.id = i.subscription_id`;

type Client = pg.ClientBase | pg.Pool;

/** One page of a code, newest first. */
export async function listIssues(client: Client, code: string, { state, cursor, limit }: IssueQuery, viewer: Viewer) {
  const { values, value } = collectValues([code, state ?? null, cursor ?? null, limit + 1]);
  const { rows } = await client.query(
    `${SELECT} WHERE i.code = $1 AND ($2::text IS NULL OR i.state = $2) AND ($3::uuid IS NULL OR i.id < $3)
     AND ${seesCustomer('i.customer_id', viewer, value)} ORDER BY i.id DESC LIMIT $4`,
    values,
  );
  return toPage(rows.map(answerOf), limit);
}

export async function listIssuesOf(client: Client, customerId: string): Promise<IssueAnswer[]> {
  const { rows } = await client.query(`${SELECT} WHERE i.customer_id = $1 ORDER BY i.id DESC LIMIT 200`, [customerId]);
  return rows.map(answerOf);
}

export async function readIssue(client: Client, id: string): Promise<IssueAnswer> {
  const { rows } = await client.query(`${SELECT} WHERE i.id = $1`, [id]);
  return answerOf(rows[0]);
}

function answerOf(row: Record<string, unknown>): IssueAnswer {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return issueAnswer.parse(Object.fromEntries(entries));
}
