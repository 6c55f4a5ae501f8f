// node scripts/bench/import-one.ts <database> <folder> <kind> <title>: one import in a process that does nothing else, so
// that its memory is the import's. Started by import-files.ts.
import pg from 'pg';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/database.ts';
import { createIdMaker } from '../../src/ids.ts';
import { importKind } from '../../src/imports/import-kinds.ts';
import { insertImport, planImport } from '../../src/imports/open-import.ts';
import { createImportRunner } from '../../src/imports/run-imports.ts';
import { identityIdOf } from '../../src/inbound/event-id.ts';

const [url = '', importsDir = '', kindName = '', title = ''] = process.argv.slice(2);
const MIB = 1024 * 1024;
const kind = importKind.parse(kindName);
const db = openDatabase({ url });
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
  onSubscriptionsSaved: async () => undefined,
  attributeOrder: async () => undefined,
  attributeOrders: async () => undefined,
});

const client = new pg.Client({ connectionString: url });
await client.connect();
try {
  await measure();
} finally {
  await client.end();
  await db.close();
}

async function measure(): Promise<void> {
  const id = newId();
  const query = { kind, dryRun: false };
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const plan = await planImport(importsDir, 'table', query);
  await insertImport({ clock }, client, { id, query, fileName: 'table', path: 'table', plan, actor: 'bench' });
  const started = performance.now();
  runner.ring();
  await runner.idle();
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1_000;
  const { rows } = await client.query('SELECT status, rows_done AS done FROM imports WHERE id = $1', [id]);
  const counts = await client.query(
    'SELECT result, count(*)::int AS n FROM import_rows WHERE import_id = $1 GROUP BY 1 ORDER BY 1',
    [id],
  );
  const [state] = rows;
  const results = counts.rows.map(({ result, n }) => `${n} ${result}`).join(', ');
  console.log(
    `${title}: ${results} (${state.status}) in ${seconds.toFixed(1)} s = ${Math.round(state.done / seconds)} rows/s; ` +
      `memory ${Math.round(before / MIB)} → at most ${Math.round(peak / MIB)} MB`,
  );
}
