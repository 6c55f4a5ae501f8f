// node scripts/bench/import-files.ts [rows]: how many rows of a file become records per second, how memory grows with it,
// and how long a table of that size takes. On an embedded database of its own.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { writeXlsx } from 'hucre/xlsx';
import pg from 'pg';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/database.ts';
import { createIdMaker } from '../../src/ids.ts';
import type { ImportKind } from '../../src/imports/import-kinds.ts';
import { insertImport, planImport } from '../../src/imports/open-import.ts';
import { createImportRunner } from '../../src/imports/run-imports.ts';
import { identityIdOf } from '../../src/inbound/event-id.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { migrate } from '../../src/postgres/migrate.ts';

const rows = Number(process.argv[2] ?? 100_000);
const MIB = 1024 * 1024;

const tables: Record<ImportKind, { heading: string; row: (n: number) => string }> = {
  customers: {
    heading: 'Mã khách hàng;Tên;SĐT;Email;Ngành;Nhãn;Ghi chú',
    row: (n) =>
      `KH-${n};Nguyễn Thị Số ${n};09${String(n % 100_000_000).padStart(8, '0')};k${n}@vidu.vn;spa;VIP, mới;không dùng`,
  },
  subscriptions: {
    heading: 'Mã hợp đồng;Mã khách hàng;Sản phẩm;Gói;Giá trị;Ngày bắt đầu;Ngày hết hạn',
    row: (n) => `HD-${n};KH-${n};spa;Pro;1.299.000 ₫;01/01/2026;31/12/2027`,
  },
  usage: {
    heading: 'Mã khách hàng;Chỉ số;Giá trị;Thời điểm',
    row: (n) => `KH-${n};appointments;${n % 300};01/10/2026 09:00`,
  },
  orders: {
    heading: 'Mã đơn hàng;Mã khách hàng;Số tiền;Ngày đặt',
    row: (n) => `DH-${n};KH-${n};1.299.000;01/10/2026`,
  },
};

const directory = await mkdtemp(join(tmpdir(), 'ganbo-bench-import-'));
const importsDir = join(directory, 'imports');
await mkdir(importsDir, { recursive: true });
const postgres = await startEmbeddedPostgres(join(directory, 'postgres'));
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
await migrate(client, fileURLToPath(new URL('../../prisma/migrations', import.meta.url)));
const db = openDatabase({ url: postgres.url });
const clock = systemClock;
const newId = createIdMaker(clock);
const runner = createImportRunner({
  db,
  clock,
  newId,
  importsDir,
  log: console,
  timeZone: 'Asia/Ho_Chi_Minh',
  accounts: { zalo: null, messenger: null },
  identityIdOf,
  planRank: () => null,
  onSubscriptionSaved: async () => undefined,
  attributeOrder: async () => undefined,
  attributeOrders: async () => undefined,
});
try {
  for (const kind of ['customers', 'subscriptions', 'usage', 'orders'] as const) {
    await writeCsv(kind);
    await measure(`${kind}, new`, kind);
    if (kind === 'customers') {
      await writeCsv(kind);
      await measure(`${kind}, nothing new`, kind);
    }
  }
  await writeSheet();
  await measure('customers, nothing new, XLSX', 'customers');
} finally {
  await db.close();
  await client.end();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function writeCsv(kind: ImportKind): Promise<void> {
  const file = createWriteStream(join(importsDir, 'table'));
  file.write(`${tables[kind].heading}\n`);
  for (let n = 0; n < rows; n += 1) file.write(`${tables[kind].row(n)}\n`);
  file.end();
  await finished(file);
}

async function writeSheet(): Promise<void> {
  const { heading, row } = tables.customers;
  const cells = Array.from({ length: rows }, (_, n) => row(n).split(';'));
  const bytes = await writeXlsx({ sheets: [{ name: 'Khách', rows: [heading.split(';'), ...cells] }] });
  const file = createWriteStream(join(importsDir, 'table'));
  file.end(bytes);
  await finished(file);
}

async function measure(title: string, kind: ImportKind): Promise<void> {
  const id = newId();
  const query = { kind, dryRun: false };
  const plan = await planImport(importsDir, 'table', query);
  await insertImport({ clock }, client, { id, query, fileName: 'table', path: 'table', plan, actor: 'bench' });
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const started = performance.now();
  runner.ring();
  await runner.idle();
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1_000;
  const { rows: states } = await client.query('SELECT status, rows_done AS done FROM imports WHERE id = $1', [id]);
  const [state] = states;
  console.log(
    `${title}: ${state.done} rows (${state.status}) in ${seconds.toFixed(1)} s = ${Math.round(rows / seconds)} rows/s; ` +
      `memory ${Math.round(before / MIB)} → at most ${Math.round(peak / MIB)} MB`,
  );
}
