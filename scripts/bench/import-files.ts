// node scripts/bench/import-files.ts [rows] [kind,…]: how many rows of a file become records per second, new and changed, and how
// memory grows with it. Each import runs in a process of its own; the files are made in this one. On an embedded database.
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { ImportKind } from '../../src/imports/import-kinds.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { makeXlsx } from './make-xlsx.ts';

const rows = Number(process.argv[2] ?? 100_000);
const wanted = (process.argv[3] ?? 'customers,subscriptions,usage,orders,agreed,xlsx').split(',');

/** `turn`: how often the file was sent before; each time something differs. */
type Table = { heading: string; row: (n: number, turn: number) => string };
const tables: Record<ImportKind, Table> = {
  customers: {
    heading: 'Mã khách hàng;Tên;SĐT;Email;Ngành;Nhãn;Ghi chú',
    row: (n, turn) =>
      `KH-${n};Nguyễn Thị Số ${n};09${String(n % 100_000_000).padStart(8, '0')};k${n}@vidu.vn;spa ${turn};VIP, mới;không dùng`,
  },
  subscriptions: {
    heading: 'Mã hợp đồng;Mã khách hàng;Sản phẩm;Gói;Giá trị;Ngày bắt đầu;Ngày hết hạn',
    row: (n, turn) => `HD-${n};KH-${n};spa;Pro ${turn};1.299.000 ₫;01/01/2026;${10 + turn}/12/2027`,
  },
  usage: {
    heading: 'Mã khách hàng;Chỉ số;Giá trị;Thời điểm',
    row: (n) => `KH-${n};appointments;${n % 300};01/10/2026 09:00`,
  },
  orders: {
    heading: 'Mã đơn hàng;Mã khách hàng;Số tiền;Ngày đặt',
    row: (n, turn) => `DH-${n};KH-${n};1.299.${100 + turn};01/10/2026`,
  },
};

/** Customers with their word about advertising. */
const agreed: Table = {
  heading: 'Mã khách hàng;Tên;SĐT;Đồng ý nhận tin;Nguồn chấp thuận;Ngày đồng ý',
  row: (n, turn) =>
    `KD-${n};Trần Văn ${n} ${turn};08${String(n % 100_000_000).padStart(8, '0')};có;phiếu đăng ký;01/0${1 + turn}/2026`,
};

const directory = await mkdtemp(join(tmpdir(), 'ganbo-bench-import-'));
const importsDir = join(directory, 'imports');
await mkdir(importsDir, { recursive: true });
const postgres = await startEmbeddedPostgres(join(directory, 'postgres'));
try {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await migrate(client, fileURLToPath(new URL('../../prisma/migrations', import.meta.url)));
  await client.end();
  for (const kind of ['customers', 'subscriptions', 'usage', 'orders'] as const) {
    if (kind !== 'customers' && !wanted.includes(kind)) continue;
    await importCsv(kind, 0, 'new');
    if (!wanted.includes(kind)) continue;
    await importCsv(kind, 0, 'nothing new');
    if (kind !== 'usage') await importCsv(kind, 1, 'changed');
  }
  if (wanted.includes('agreed')) {
    await importCsv('customers', 0, 'new, with consents', agreed);
    await importCsv('customers', 1, 'changed, with consents', agreed);
  }
  if (wanted.includes('xlsx')) {
    await importSheet('customers', wanted.includes('customers') ? 1 : 0, 'nothing new');
    await importSheet('customers', 2, 'changed');
  }
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function importCsv(kind: ImportKind, turn: number, title: string, table = tables[kind]): Promise<void> {
  const file = createWriteStream(join(importsDir, 'table'));
  file.write(`${table.heading}\n`);
  for (let n = 0; n < rows; n += 1) file.write(`${table.row(n, turn)}\n`);
  file.end();
  await finished(file);
  importTable(kind, `${kind}, ${title}`);
}

async function importSheet(kind: ImportKind, turn: number, title: string): Promise<void> {
  const { heading, row } = tables[kind];
  const cells = Array.from({ length: rows }, (_, n) => row(n, turn).split(';'));
  await writeFile(join(importsDir, 'table'), makeXlsx({ Khách: [heading.split(';'), ...cells] }));
  importTable(kind, `${kind}, ${title}, XLSX`);
}

function importTable(kind: ImportKind, title: string): void {
  const program = fileURLToPath(new URL('import-one.ts', import.meta.url));
  spawnSync(process.execPath, [program, postgres.url, importsDir, kind, title], { stdio: 'inherit' });
}
