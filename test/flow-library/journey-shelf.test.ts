import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { createFlowLibrary } from '../../src/flow-library/flow-library.ts';
import { titlesOfScripts } from '../../src/flow-library/titles-of-scripts.ts';
import { createIdMaker } from '../../src/ids.ts';
import { createTestDatabase } from '../test-database.ts';

const FLOW = `id: nhac
title: Nhắc
entry: [{ on: manual }]
settings: { purpose: care, if_closed: skip }
steps:
  - { id: chao, end: Chào anh chị ạ. }
`;
const JOURNEY = `id: gia-han
title: Gia hạn
stage: renewal
for: subscription
trigger: { on: date, of: subscription.expires_at }
steps:
  - { id: truoc_7, offset: -7 days, flow: nhac }
  - { id: goi, offset: -1 day, task: "Gọi {customer.name} gia hạn", kind: renewal_call }
`;
const PRODUCTS = 'products: [{ id: spa, title: Phần mềm Spa, plans: [{ id: chuoi, title: Gói Chuỗi, rank: 2 }] }]\n';
const HOLIDAYS = 'days: [{ from: 2027-02-05, to: 2027-02-11, name: Tết }]\n';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let flowsDir: string;
let clock: MovableClock;
let published: number;

beforeEach(async () => {
  db = await createTestDatabase();
  flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-journeys-'));
  await mkdir(join(flowsDir, 'journeys'));
  await mkdir(join(flowsDir, 'catalogue'));
  await mkdir(join(flowsDir, 'guides'));
  await write('nhac.flow.yaml', FLOW);
  await write('journeys/gia-han.journey.yaml', JOURNEY);
  await write('catalogue/holidays.yaml', HOLIDAYS);
  clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
  published = 0;
});
afterEach(async () => {
  await db.close();
  await rm(flowsDir, { recursive: true, force: true });
});

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(flowsDir, path), text);
}

function openLibrary() {
  const onJourneysChanged = async () => {
    published += 1;
  };
  const log = pino({ level: 'silent' });
  return createFlowLibrary({ db, clock, newId: createIdMaker(clock), flowsDir, log, onJourneysChanged });
}

const isTet = (library: ReturnType<typeof openLibrary>) =>
  library.scripts().catalogue.isHoliday(Date.parse('2027-02-07T03:00:00Z'), 'Asia/Ho_Chi_Minh');

test('a journey becomes a version, once, however many processes look; a change is the next one, without a restart', async () => {
  const library = openLibrary();
  await Promise.all([library.refresh(), openLibrary().refresh()]);
  expect(library.problems().filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(library.scripts().journeys.get('gia-han')?.number).toBe(1);
  expect(isTet(library)).toBe('Tết');
  // The journey and the catalogue, each told once.
  expect(published).toBe(2);
  await write('journeys/gia-han.journey.yaml', JOURNEY.replace('-7 days', '-8 days'));
  expect(await library.refresh()).toBe(true);
  expect(library.scripts().journeys.get('gia-han')?.number).toBe(2);
  expect(published).toBe(3);
});

test('a broken journey or catalogue changes nothing, not even after a restart, and says where', async () => {
  await openLibrary().refresh();
  await write('journeys/gia-han.journey.yaml', JOURNEY.replace('flow: nhac', 'flow: nhak'));
  await write('catalogue/holidays.yaml', HOLIDAYS.replace('to: 2027-02-11', 'to: 2027-01-11'));
  const library = openLibrary();
  await library.refresh();
  expect(library.scripts().journeys.get('gia-han')?.number).toBe(1);
  expect(isTet(library)).toBe('Tết');
  const files = library.problems().map(({ file }) => file);
  expect(files).toContain('journeys/gia-han.journey.yaml');
  expect(files).toContain('catalogue/holidays.yaml');
  expect(published).toBe(2);
});

test('a journey whose file is gone is followed no more', async () => {
  const library = openLibrary();
  await library.refresh();
  await rm(join(flowsDir, 'journeys/gia-han.journey.yaml'));
  await library.refresh();
  expect([...library.scripts().journeys.keys()]).toEqual([]);
});

test('what is published already is used at once at the next start, and checked a little later', async () => {
  await openLibrary().refresh();
  const library = openLibrary();
  await library.refresh();
  expect(library.scripts().journeys.get('gia-han')?.number).toBe(1);
  expect(isTet(library)).toBe('Tết');
  clock.advance(21_000);
  expect(await library.refresh()).toBe(true);
  expect(published).toBe(2);
});

test('what rows know by id is called as the files call it, and by nothing when they no longer know it', async () => {
  await write('catalogue/products.yaml', PRODUCTS);
  const library = openLibrary();
  await library.refresh();
  const titles = titlesOfScripts(library.scripts());
  expect([titles.product('spa'), titles.plan('spa', 'chuoi'), titles.plan('spa', 'xưa')]).toEqual([
    'Phần mềm Spa',
    'Gói Chuỗi',
    null,
  ]);
  const journey = titles.journey('gia-han');
  expect(journey?.title).toBe('Gia hạn');
  expect(['truoc_7', 'goi', 'bỏ rồi'].map((step) => journey?.step(step))).toEqual(['Nhắc', 'Gọi … gia hạn', null]);
  expect([titles.journey('xưa'), titles.offer('XƯA')]).toEqual([null, null]);
});
