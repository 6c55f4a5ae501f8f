// One line per survey that somebody was asked, with what they answered. Whoever was erased is not among them.
import type pg from 'pg';
import { momentCell, stateCell, yesCell } from './cell-words.ts';
import type { AnswersQuery, Period } from './export-schema.ts';
import type { Table } from './write-csv.ts';

const PAGE = `
SELECT a.id, c.external_id AS customer, c.name, a.metric, a.status, a.score, a.comment, a.flow, a.asked_at AS "askedAt",
  a.answered_at AS "answeredAt", a.case_id AS "caseId", a.is_repeat AS "isRepeat"
FROM survey_answers a JOIN customers c ON c.id = a.customer_id
WHERE NOT 'erased' = ANY(c.tags) AND ($1::uuid IS NULL OR a.id > $1) AND ($2::timestamptz IS NULL OR a.asked_at >= $2) AND ($3::timestamptz IS NULL OR a.asked_at < $3)
  AND ($4::text IS NULL OR a.metric = $4) AND ($5::text IS NULL OR a.status = $5) AND ($6::text IS NULL OR c.external_id = $6)
ORDER BY a.id LIMIT $7`;

type Row = {
  id: string;
  customer: string | null;
  name: string | null;
  metric: string;
  status: string;
  score: number | null;
  comment: string | null;
  flow: string;
  askedAt: Date;
  answeredAt: Date | null;
  caseId: string | null;
  isRepeat: boolean;
};

const headings = [
  ...['Mã khách hàng', 'Tên', 'Khảo sát', 'Trạng thái', 'Điểm', 'Góp ý', 'Kịch bản', 'Hỏi lúc', 'Trả lời lúc'],
  ...['Có vụ việc', 'Hỏi lại sau xử lý'],
];

export function answerTable(
  { pool, timeZone }: { pool: pg.Pool; timeZone: string },
  { metric, status, customer }: AnswersQuery,
  { from, to }: Period,
): Table {
  return {
    headings,
    readPage: async (place, limit) => {
      const filters = [metric ?? null, status ?? null, customer ?? null];
      const { rows } = await pool.query<Row>(PAGE, [place, from, to, ...filters, limit]);
      return rows.map((row) => ({
        place: row.id,
        cells: [
          ...[row.customer, row.name, row.metric.toUpperCase(), stateCell(row.status), row.score, row.comment],
          ...[row.flow, momentCell(row.askedAt, timeZone), momentCell(row.answeredAt, timeZone)],
          ...[yesCell(row.caseId !== null), yesCell(row.isRepeat)],
        ],
      }));
    },
  };
}
