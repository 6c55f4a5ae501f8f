// One line per customer: who they are, the subscription that matters now, their last score, what they allowed.
import type pg from 'pg';
import { momentCell, phoneCell, stateCell, yesCell } from './cell-words.ts';
import type { CustomersQuery, Period } from './export-schema.ts';
import type { Table, TableRow } from './write-csv.ts';

// The subscription in use goes before ended ones, the one that lasts longest first.
const PAGE = `
SELECT c.id, c.external_id AS "externalId", coalesce(c.name, i.name) AS name, c.form_of_address AS "formOfAddress",
  c.phone, c.email, c.industry, c.role, c.tags, i.channels, c.created_at AS "createdAt", c.opted_out_at AS "optedOutAt",
  s.product, s.plan, s.value, s.status, s.started_at AS "startedAt", s.expires_at AS "expiresAt", s.owner,
  coalesce(s.many, 0) AS subscriptions, a.metric, a.score, a.answered_at AS "answeredAt", coalesce(k.said, '[]') AS consents
FROM (
  SELECT * FROM customers c WHERE ($1::uuid IS NULL OR c.id > $1) AND ($3::timestamptz IS NULL OR c.created_at < $3) AND NOT 'erased' = ANY(c.tags)
    AND ($2::timestamptz IS NULL OR c.created_at >= $2)
    AND ($4::text IS NULL OR EXISTS (SELECT 1 FROM subscriptions s WHERE s.customer_id = c.id AND s.product = $4))
  ORDER BY c.id LIMIT $5
) c
LEFT JOIN LATERAL (
  SELECT (array_agg(i.display_name ORDER BY i.last_interaction_at DESC NULLS LAST, i.id) FILTER (WHERE i.display_name IS NOT NULL))[1] AS name,
    string_agg(DISTINCT i.channel, ', ') AS channels
  FROM channel_identities i WHERE i.customer_id = c.id
) i ON true
LEFT JOIN LATERAL (
  SELECT s.product, s.plan, s.value::float8 AS value, s.status, s.started_at, s.expires_at, s.owner, count(*) OVER ()::int AS many
  FROM subscriptions s WHERE s.customer_id = c.id AND ($4::text IS NULL OR s.product = $4)
  ORDER BY s.status IN ('active', 'trial') DESC, s.expires_at DESC NULLS LAST, s.id LIMIT 1
) s ON true
LEFT JOIN LATERAL (
  SELECT a.metric, a.score, a.answered_at FROM survey_answers a
  WHERE a.customer_id = c.id AND a.status = 'answered' AND a.score IS NOT NULL
  ORDER BY a.answered_at DESC NULLS LAST, a.id DESC LIMIT 1
) a ON true
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object('purpose', k.purpose, 'channel', k.channel, 'granted', k.granted) ORDER BY k.purpose, k.channel) AS said
  FROM (SELECT DISTINCT ON (purpose, channel) purpose, channel, granted FROM consents WHERE customer_id = c.id
        ORDER BY purpose, channel, at DESC, granted, id DESC) k
) k ON true
ORDER BY c.id`;

type Consent = { purpose: string; channel: string; granted: boolean };
type Row = {
  id: string;
  externalId: string | null;
  name: string | null;
  formOfAddress: string | null;
  phone: string | null;
  email: string | null;
  industry: string | null;
  role: string | null;
  tags: string[];
  channels: string | null;
  createdAt: Date;
  optedOutAt: Date | null;
  product: string | null;
  plan: string | null;
  value: number | null;
  status: string | null;
  startedAt: Date | null;
  expiresAt: Date | null;
  owner: string | null;
  subscriptions: number;
  metric: string | null;
  score: number | null;
  answeredAt: Date | null;
  consents: Consent[];
};

const headings = [
  ...['Mã khách hàng', 'Tên', 'Xưng hô', 'Số điện thoại', 'Email', 'Ngành', 'Chức vụ', 'Nhãn', 'Kênh chat'],
  ...['Khách từ', 'Sản phẩm', 'Gói', 'Giá trị (VNĐ)', 'Trạng thái gói', 'Bắt đầu', 'Hết hạn', 'Phụ trách', 'Số gói'],
  ...['Khảo sát gần nhất', 'Điểm', 'Trả lời lúc', 'Các đồng ý đã ghi', 'Ngừng nhận tin từ'],
];

export function customerTable(
  { pool, timeZone }: { pool: pg.Pool; timeZone: string },
  { product }: CustomersQuery,
  { from, to }: Period,
): Table {
  return {
    headings,
    readPage: async (place, limit) => {
      const { rows } = await pool.query<Row>(PAGE, [place, from, to, product ?? null, limit]);
      return rows.map((row) => toLine(row, timeZone));
    },
  };
}

function toLine(row: Row, timeZone: string): TableRow {
  const moment = (at: Date | null) => momentCell(at, timeZone);
  return {
    place: row.id,
    cells: [
      ...[row.externalId, row.name, row.formOfAddress, phoneCell(row.phone), row.email, row.industry, row.role],
      ...[row.tags.join(', '), row.channels, moment(row.createdAt), row.product, row.plan, row.value],
      ...[stateCell(row.status), moment(row.startedAt), moment(row.expiresAt), row.owner, row.subscriptions],
      ...[row.metric?.toUpperCase() ?? null, row.score, moment(row.answeredAt)],
      ...[row.consents.map(consentInWords).join(', '), moment(row.optedOutAt)],
    ],
  };
}

/** "quảng cáo (zalo): Có": the newest word of its purpose and channel. */
function consentInWords({ purpose, channel, granted }: Consent): string {
  const names: Record<string, string> = { advertising: 'quảng cáo', all: 'mọi tin' };
  const name = Object.hasOwn(names, purpose) ? names[purpose] : purpose;
  return `${name} (${channel === '*' ? 'mọi kênh' : channel}): ${yesCell(granted)}`;
}
