// Deadlines of the law become tasks of staff, at half, four fifths and the end of the time; each said once.
import type { Database } from '../database.ts';
import { formatDateTime } from '../flows/local-time.ts';
import { hashId } from '../ids.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { RequestAnswer } from './privacy-schema.ts';
import { type RequestDeps, readRequests } from './requests.ts';

const wants: Record<RequestAnswer['kind'], string> = {
  access: 'xem dữ liệu của mình',
  correct: 'sửa dữ liệu của mình',
  copy: 'nhận bản sao dữ liệu',
  withdraw: 'rút lại đồng ý',
  restrict: 'hạn chế xử lý dữ liệu',
  object: 'phản đối xử lý dữ liệu',
  delete: 'xoá dữ liệu',
  breach: 'báo sự cố dữ liệu',
};

/** Opens a task for every level that a request has passed; answers how many. A breach has no customer and no task. */
export async function warnOfDeadlines(deps: RequestDeps, db: Database): Promise<number> {
  const due = await readRequests(deps, db.pool, 'due');
  const { timeZone } = deps.calendar();
  const now = deps.clock.now();
  const rows = due.flatMap(({ id, kind, customerId, warning, actDueAt }) => {
    if (customerId === null || warning === null) return [];
    const level = Math.round(warning * 100);
    const until = formatDateTime(Date.parse(actDueAt), timeZone);
    const title = `Khách yêu cầu ${wants[kind]}: ${level < 100 ? `đã hết ${level}% thời hạn` : 'đã hết hạn trả lời hoặc thực hiện'}, phải xong trước ${until}`;
    return [
      { id: hashId('privacy-warning', id, String(level)), customer_id: customerId, title, due_at: actDueAt, at: now },
    ];
  });
  if (rows.length === 0) return 0;
  return await db.transaction('warn-of-deadlines', async (client) => {
    const opened = await client.query<{ customer_id: string; title: string }>(
      `INSERT INTO tasks (id, customer_id, kind, title, detail, status, due_at, created_at)
       SELECT id, customer_id, 'privacy_request', title, '{}', 'open', due_at, at
       FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, title text, due_at timestamptz, at timestamptz)
       ON CONFLICT (id) DO NOTHING RETURNING customer_id, title`,
      [JSON.stringify(rows)],
    );
    await writeTouchpoints(
      client,
      opened.rows.map(({ customer_id, title }) => ({
        at: now,
        kind: 'task_opened',
        customerId: customer_id,
        reason: title,
        data: { kind: 'privacy_request' },
      })),
    );
    return opened.rowCount ?? 0;
  });
}
