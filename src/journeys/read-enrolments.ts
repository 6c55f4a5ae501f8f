// One customer's journeys: where they stand, what comes when, what was said, and why not.
import type pg from 'pg';
import type { EnrolmentList } from './journey-schema.ts';

type Item = EnrolmentList['items'][number];
type Row = Omit<Item, 'for' | 'anchorAt' | 'enrolledAt' | 'endedAt' | 'steps'> & {
  kind: string;
  subject: string;
  anchorAt: Date;
  enrolledAt: Date;
  endedAt: Date | null;
};
type Step = { enrolmentId: string; dueAt: Date; decidedAt: Date | null } & Omit<
  Item['steps'][number],
  'dueAt' | 'decidedAt'
>;

const READ = `
SELECT e.id, e.journey, e.subject_kind AS kind, coalesce(s.external_id, o.external_id, e.subject_id::text) AS subject, e.status, e.reason,
  e.anchor_at AS "anchorAt", e.enrolled_at AS "enrolledAt", e.ended_at AS "endedAt"
FROM enrolments e
LEFT JOIN subscriptions s ON e.subject_kind = 'subscription' AND s.id = e.subject_id
LEFT JOIN orders o ON e.subject_kind = 'order' AND o.id = e.subject_id
WHERE e.customer_id = $1 ORDER BY e.enrolled_at DESC, e.id LIMIT 200`;

const READ_STEPS = `
SELECT enrolment_id AS "enrolmentId", step, occurrence, due_at AS "dueAt", status, reason, decided_at AS "decidedAt", channel
FROM enrolment_steps WHERE enrolment_id = ANY($1::uuid[]) ORDER BY due_at, step, occurrence`;

/** The newest first; null for an unknown customer. */
export async function readEnrolments(pool: pg.Pool, externalId: string): Promise<EnrolmentList | null> {
  const found = await pool.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [externalId]);
  const [customer] = found.rows;
  if (!customer) return null;
  const { rows } = await pool.query<Row>(READ, [customer.id]);
  const steps = await pool.query<Step>(READ_STEPS, [rows.map(({ id }) => id)]);
  const byEnrolment = Map.groupBy(steps.rows, ({ enrolmentId }) => enrolmentId);
  return {
    items: rows.map(({ kind, subject, ...row }) => ({
      ...row,
      for: { kind, id: subject },
      anchorAt: row.anchorAt.toISOString(),
      enrolledAt: row.enrolledAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
      steps: (byEnrolment.get(row.id) ?? []).map(({ enrolmentId: _, ...step }) => ({
        ...step,
        dueAt: step.dueAt.toISOString(),
        decidedAt: step.decidedAt?.toISOString() ?? null,
      })),
    })),
  };
}
