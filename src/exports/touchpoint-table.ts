// The ledger of a period, line by line, with whose it is and how far messages got. Lines of nobody stay out: they belong to
// whoever was erased, or to no customer.
import type pg from 'pg';
import { momentCell } from './cell-words.ts';
import type { TouchpointsQuery } from './export-schema.ts';
import type { Table } from './write-csv.ts';

const PAGE = `
SELECT t.id::text, t.at, t.kind, t.customer, t.name, t.channel, t.text, t.reason, coalesce(t.flow, v.flow) AS flow,
  v.number AS version, t.step, t.cost_amount AS cost, o.status AS delivery, o.reason AS "deliveryReason"
FROM (
  SELECT t.*, c.external_id AS customer, c.name FROM touchpoints t JOIN customers c ON c.id = t.customer_id
  WHERE t.at >= $2 AND t.at < $3 AND t.id > coalesce($1::bigint, 0) AND ($4::text[] IS NULL OR t.kind = ANY($4))
    AND NOT 'erased' = ANY(c.tags) AND ($5::text IS NULL OR c.external_id = $5) AND ($6::text IS NULL OR t.channel = $6)
  ORDER BY t.id LIMIT $7
) t
LEFT JOIN flow_versions v ON v.id = t.flow_version_id
LEFT JOIN outbound_messages o ON o.id = t.outbound_message_id
ORDER BY t.id`;

type Row = {
  id: string;
  at: Date;
  kind: string;
  customer: string | null;
  name: string | null;
  channel: string | null;
  text: string | null;
  reason: string | null;
  flow: string | null;
  version: number | null;
  step: string | null;
  cost: number | null;
  delivery: string | null;
  deliveryReason: string | null;
};

const headings = [
  ...['Lúc', 'Loại', 'Mã khách hàng', 'Tên', 'Kênh', 'Nội dung', 'Lý do', 'Kịch bản', 'Phiên bản', 'Bước'],
  ...['Chi phí (VNĐ)', 'Tình trạng tin', 'Lý do của tin'],
];

export function touchpointTable(
  { pool, timeZone }: { pool: pg.Pool; timeZone: string },
  { kind, customer, channel }: TouchpointsQuery,
  { from, to }: { from: Date; to: Date },
): Table {
  return {
    headings,
    readPage: async (place, limit) => {
      const filters = [kind?.split(',') ?? null, customer ?? null, channel ?? null];
      const { rows } = await pool.query<Row>(PAGE, [place, from, to, ...filters, limit]);
      return rows.map((row) => ({
        place: row.id,
        cells: [
          ...[momentCell(row.at, timeZone), row.kind, row.customer, row.name, row.channel, row.text, row.reason],
          ...[row.flow, row.version, row.step, row.cost, row.delivery, row.deliveryReason],
        ],
      }));
    },
  };
}
