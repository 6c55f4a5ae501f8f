// One line per offer made to one customer: shown, accepted, declined and why, with what it brought.
import type pg from 'pg';
import { momentCell, stateCell } from './cell-words.ts';
import type { OffersQuery, Period } from './export-schema.ts';
import type { Table } from './write-csv.ts';

const PAGE = `
SELECT i.id, c.external_id AS customer, c.name, i.code, i.personal_code AS "personalCode", s.external_id AS subscription,
  i.state, i.reason, i.benefit, i.gift, i.price::float8 AS price, i.journey, i.flow,
  coalesce(i.created_at, i.sent_at) AS "createdAt", i.sent_at AS "sentAt", i.answered_at AS "answeredAt",
  i.deadline_at AS "deadlineAt", o.revenue
FROM offer_issues i JOIN customers c ON c.id = i.customer_id LEFT JOIN subscriptions s ON s.id = i.subscription_id
LEFT JOIN LATERAL (
  SELECT sum(CASE o.kind WHEN 'refund' THEN -o.amount ELSE o.amount END)::float8 AS revenue
  FROM orders o WHERE o.offer_issue_id = i.id
) o ON true
WHERE NOT 'erased' = ANY(c.tags) AND ($1::uuid IS NULL OR i.id > $1) AND ($2::timestamptz IS NULL OR coalesce(i.created_at, i.sent_at) >= $2)
  AND ($3::timestamptz IS NULL OR coalesce(i.created_at, i.sent_at, '-infinity') < $3)
  AND ($4::text IS NULL OR i.code = $4) AND ($5::text IS NULL OR i.state = $5)
ORDER BY i.id LIMIT $6`;

type Row = {
  id: string;
  customer: string | null;
  name: string | null;
  code: string;
  personalCode: string | null;
  subscription: string | null;
  state: string;
  reason: string | null;
  benefit: string | null;
  gift: string | null;
  price: number | null;
  journey: string | null;
  flow: string | null;
  createdAt: Date | null;
  sentAt: Date | null;
  answeredAt: Date | null;
  deadlineAt: Date | null;
  revenue: number | null;
};

const headings = [
  ...['Mã khách hàng', 'Tên', 'Mã ưu đãi', 'Mã riêng', 'Mã gói', 'Trạng thái', 'Lý do', 'Lợi ích', 'Quà tặng'],
  ...['Giá (VNĐ)', 'Hành trình', 'Kịch bản', 'Xét lúc', 'Gửi lúc', 'Trả lời lúc', 'Hạn', 'Doanh thu (VNĐ)'],
];

export function offerTable(
  { pool, timeZone }: { pool: pg.Pool; timeZone: string },
  { code, state }: OffersQuery,
  { from, to }: Period,
): Table {
  const moment = (at: Date | null) => momentCell(at, timeZone);
  return {
    headings,
    readPage: async (place, limit) => {
      const { rows } = await pool.query<Row>(PAGE, [place, from, to, code ?? null, state ?? null, limit]);
      return rows.map((row) => ({
        place: row.id,
        cells: [
          ...[row.customer, row.name, row.code, row.personalCode, row.subscription, stateCell(row.state), row.reason],
          ...[row.benefit, row.gift, row.price, row.journey, row.flow, moment(row.createdAt), moment(row.sentAt)],
          ...[moment(row.answeredAt), moment(row.deadlineAt), row.revenue],
        ],
      }));
    },
  };
}
