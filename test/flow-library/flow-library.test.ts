import { cp, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { nothingChecked } from '../../src/flow-library/checked-files.ts';
import { createFlowLibrary } from '../../src/flow-library/flow-library.ts';
import type { FolderTexts } from '../../src/flow-library/read-flow-files.ts';
import { createIdMaker } from '../../src/ids.ts';
import { createTestDatabase } from '../test-database.ts';

const SHIPPED = fileURLToPath(new URL('../../flows', import.meta.url));
let db: Awaited<ReturnType<typeof createTestDatabase>>;
let flowsDir: string;
let clock: MovableClock;
let shipped: number;

beforeEach(async () => {
  db = await createTestDatabase();
  flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-flows-'));
  // Their tests are played where they are what is asked (shipped-flows.test.ts); here one file's are enough.
  const filter = (path: string) => !path.endsWith('.test.yaml') || path.endsWith('opt-out.test.yaml');
  await cp(SHIPPED, flowsDir, { recursive: true, filter });
  shipped = (await readdir(SHIPPED)).filter((name) => name.endsWith('.flow.yaml')).length;
  clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
});
afterEach(async () => {
  await db.close();
  await rm(flowsDir, { recursive: true, force: true });
});

function openLibrary() {
  return createFlowLibrary(depsOfLibrary());
}

function depsOfLibrary() {
  return { db, clock, newId: createIdMaker(clock), flowsDir, log: pino({ level: 'silent' }) };
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  const path = join(flowsDir, file);
  await writeFile(path, edit(await readFile(path, 'utf8')));
}

async function versionsOf(flow: string): Promise<number[]> {
  const { rows } = await db.pool.query<{ number: number }>(
    'SELECT number FROM flow_versions WHERE flow = $1 ORDER BY number',
    [flow],
  );
  return rows.map((row) => row.number);
}

test('every shipped flow becomes version 1, once, however many processes look', async () => {
  await Promise.all([openLibrary().refresh(), openLibrary().refresh(), openLibrary().refresh()]);
  const { rows } = await db.pool.query('SELECT flow, number FROM flow_versions WHERE number <> 1');
  expect(rows).toEqual([]);
  expect(await versionsOf('welcome')).toEqual([1]);
});

test('a link is as good as a file, also when what it leads to changes', async () => {
  const library = openLibrary();
  const elsewhere = join(flowsDir, 'guides', 'welcome.yaml');
  await rename(join(flowsDir, 'welcome.flow.yaml'), elsewhere);
  await symlink(elsewhere, join(flowsDir, 'welcome.flow.yaml'));
  await library.refresh();
  await change('welcome.flow.yaml', (text) => text.replace('lúc nào em trả lời lúc đó', 'là em trả lời ngay'));
  expect(await library.refresh()).toBe(true);
  expect(library.scripts().active.get('welcome')?.number).toBe(2);
});

test('what an editor leaves beside the files while somebody types is none of them', async () => {
  await symlink('lan@may-cua-lan.1234', join(flowsDir, '.#welcome.flow.yaml'));
  await symlink('lan@may-cua-lan.1234', join(flowsDir, 'guides', '.#dang-nhap.md'));
  await writeFile(join(flowsDir, '._how-to.flow.yaml'), Buffer.from([0, 5, 22, 7]));
  const library = openLibrary();
  await library.refresh();
  expect(library.problems()).toEqual([]);
  expect(library.scripts().active.size).toBe(shipped);
});

test('a changed file is the next version for new runs; the earlier one stays as it was', async () => {
  const library = openLibrary();
  await library.refresh();
  const first = library.scripts().active.get('welcome');
  await change('welcome.flow.yaml', (text) =>
    text.replace('nhắn lúc nào em trả lời lúc đó', 'cứ nhắn là em trả lời ngay'),
  );
  expect(await library.refresh()).toBe(true);
  const second = library.scripts().active.get('welcome');
  expect(second?.number).toBe(2);
  expect(library.scripts().versions.get(first?.versionId ?? '')?.number).toBe(1);
  expect(await library.refresh()).toBe(false);
});

test('a file with an error changes nothing but what it says about itself', async () => {
  const library = openLibrary();
  await library.refresh();
  await change('welcome.flow.yaml', (text) => text.replace('go: flow:training', 'go: flow:traning'));
  await library.refresh();
  expect(library.scripts().active.get('welcome')?.number).toBe(1);
  expect(library.scripts().active.size).toBe(shipped);
  const [problem] = library.problems().filter((one) => one.severity === 'error');
  expect(problem).toMatchObject({ file: 'welcome.flow.yaml', code: 'unknown_flow' });
  expect(problem?.line).toBeGreaterThan(1);
  expect(problem?.fix).toContain('training');
});

test('a red test keeps the last good version', async () => {
  const library = openLibrary();
  await library.refresh();
  await change('opt-out.test.yaml', (text) => text.replace(/- bot: .*/, '- bot: không bao giờ nói câu này'));
  await change('opt-out.flow.yaml', (text) => `${text}\n# đổi\n`);
  await library.refresh();
  expect(library.problems().map((problem) => problem.code)).toContain('red_test');
  expect(library.scripts().active.get('opt-out')?.number).toBe(1);
});

test('a process that starts with a broken file plays the last good version', async () => {
  await openLibrary().refresh();
  await change('how-to.flow.yaml', () => 'id: how-to\nsteps: [');
  const later = openLibrary();
  await later.refresh();
  expect(later.scripts().active.get('how-to')?.number).toBe(1);
  expect(later.problems().length).toBeGreaterThan(0);
});

test('a start with files that are published already plays them at once and checks them a little later', async () => {
  await openLibrary().refresh();
  const later = openLibrary();
  expect(await later.refresh()).toBe(true);
  expect(later.scripts().active.size).toBe(shipped);
  expect(await later.refresh()).toBe(false);
  clock.advance(60_000);
  expect(await later.refresh()).toBe(true);
  expect(await versionsOf('welcome')).toEqual([1]);
});

test('an old run finds its version in another process', async () => {
  const first = openLibrary();
  await first.refresh();
  const versionId = first.scripts().active.get('welcome')?.versionId ?? '';
  await change('welcome.flow.yaml', (text) => `${text}\n# đổi\n`);
  const second = openLibrary();
  await second.refresh();
  expect(second.scripts().versions.has(versionId)).toBe(false);
  const client = await db.pool.connect();
  await second.ensureLoaded(client, [versionId]);
  client.release();
  expect(second.scripts().versions.get(versionId)?.number).toBe(1);
});

test('a check that comes to no end keeps everything as it was, and is tried again later', async () => {
  await openLibrary().refresh();
  await change('welcome.flow.yaml', (text) => `${text}\n# đổi\n`);
  let tries = 0;
  const check = async (texts: FolderTexts) => {
    tries += 1;
    return nothingChecked(texts, { message: 'Hết giờ.', fix: 'Thử lại.' });
  };
  const library = createFlowLibrary({ ...depsOfLibrary(), check });
  await library.refresh();
  expect(library.scripts().active.size).toBe(shipped);
  expect(library.scripts().journeys.size).toBeGreaterThan(10);
  expect(library.scripts().catalogue.offers.length).toBeGreaterThan(0);
  expect(library.scripts().active.get('welcome')?.number).toBe(1);
  expect(library.problems().map(({ code }) => code)).toEqual(['check_failed']);
  clock.advance(60_000);
  expect(await library.refresh()).toBe(false);
  clock.advance(10 * 60_000);
  expect(await library.refresh()).toBe(true);
  expect(tries).toBe(2);
});
