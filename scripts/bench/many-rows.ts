// What people and workers ask all day, asked on a ledger of a million lines and more: the real functions, each many times
// over other people. Sizes by BENCH_PEOPLE, BENCH_LINES and BENCH_MONTHS; CPU of the machine decides, not its disk.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { DAY_MS } from '../../src/clock.ts';
import { readPage } from '../../src/customers/read-page.ts';
import { type Database, openDatabase } from '../../src/database.ts';
import { emptyCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import { seesAll } from '../../src/http/may-see.ts';
import { createIdMaker } from '../../src/ids.ts';
import { claimWork } from '../../src/inbound/claim-work.ts';
import { countConversations } from '../../src/inbox/count-conversations.ts';
import { changesSince, currentPlace } from '../../src/inbox/follow-changes.ts';
import { queueNames } from '../../src/inbox/inbox-schema.ts';
import { listConversations } from '../../src/inbox/list-conversations.ts';
import { readTimeline } from '../../src/inbox/read-timeline.ts';
import { searchMessages } from '../../src/inbox/search-messages.ts';
import { searchWords } from '../../src/inbox/search-words.ts';
import { planCustomers } from '../../src/journeys/plan-customers.ts';
import { startDue } from '../../src/journeys/start-due.ts';
import { readTouchpointsOf } from '../../src/ledger/read-touchpoints.ts';
import { readOffers } from '../../src/offers/read-offers.ts';
import { readCandidates } from '../../src/outbox/candidate.ts';
import { readSent } from '../../src/outbox/read-sent.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { readResults } from '../../src/surveys/read-results.ts';
import { engineOf } from './due-steps.ts';
import { makeCrowd } from './many-people.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
/** So many wait to be worked, written to and moved on. */
const WAITING = 2_000;
const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

export type Figure = { what: string; runs: number; p50: number; p95: number; longest: number };
type Ask = { what: string; runs: number; ask: (n: number) => Promise<unknown> };

/** Milliseconds of each question, in a database of its own on this server; `tell` hears how far it is. */
export async function measureManyRows(serverUrl: string, tell: (words: string) => void): Promise<Figure[]> {
  const size = (name: string, usual: number) => Number(process.env[name] ?? usual);
  const crowd = {
    people: size('BENCH_PEOPLE', 100_000),
    lines: size('BENCH_LINES', 1_000_000),
    months: size('BENCH_MONTHS', 24),
  };
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query('CREATE DATABASE ganbo_many_rows');
  await admin.end();
  const url = serverUrl.replace(/\/[^/]+$/, '/ganbo_many_rows');
  const db = openDatabase({ url, poolSize: 4 });
  try {
    const client = await db.pool.connect();
    await migrate(client, MIGRATIONS);
    client.release();
    const startedAt = performance.now();
    await makeCrowd({ db, url }, { ...crowd, waiting: WAITING, now: NOW });
    tell(
      `${crowd.people} people and ${crowd.lines} lines over ${crowd.months} months made in ${Math.round((performance.now() - startedAt) / 1000)} s`,
    );
    const figures: Figure[] = [];
    for (const one of questions(db, crowd.people)) {
      figures.push(await measure(one));
      tell(inWords(figures.at(-1)));
    }
    return figures;
  } finally {
    await db.close();
  }
}

export function inWords(figure: Figure | undefined): string {
  if (!figure) return '';
  const [p50, p95, longest] = [figure.p50, figure.p95, figure.longest].map((ms) => ms.toFixed(1).padStart(8));
  return `${figure.what.padEnd(44)} p50 ${p50} ms  p95 ${p95} ms  longest ${longest} ms  (${figure.runs} runs)`;
}

async function measure({ what, runs, ask }: Ask): Promise<Figure> {
  const times: number[] = [];
  await ask(0);
  for (let run = 1; run <= runs; run += 1) {
    const at = performance.now();
    await ask(run);
    times.push(performance.now() - at);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { what, runs, p50: at(0.5), p95: at(0.95), longest: at(1) };
}

function questions(db: Database, people: number): Ask[] {
  const id = (letter: string, run: number) => uuidOf(letter, 1 + ((run * 7919) % people));
  return [...ofInbox(db, id), ...ofPeople(db, id), ...ofWorkers(db), ...ofManagers(db)];
}

type IdOf = (letter: string, run: number) => string;

function ofInbox(db: Database, id: IdOf): Ask[] {
  const deps = { db, clock: { now: () => NOW }, windowRules: defaultWindowRules };
  const page = (name: string) => async () =>
    await listConversations(deps, { queue: queueNames.parse(name), limit: 30 }, { viewer: seesAll, warnMinutes: 15 });
  const scripts = () => ({ active: new Map(), versions: new Map() });
  const search = (typed: string) => async () =>
    await searchMessages(db.pool, { words: searchWords(typed), limit: 20, viewer: seesAll });
  return [
    { what: 'inbox page: waiting', runs: 100, ask: page('waiting') },
    { what: 'inbox page: all that is open', runs: 100, ask: page('all') },
    { what: 'inbox page: resolved', runs: 100, ask: page('resolved') },
    { what: 'inbox counts', runs: 100, ask: () => countConversations(db.pool, seesAll, NOW) },
    { what: 'a thread', runs: 200, ask: (n) => readTimeline({ pool: db.pool, scripts }, id('v', n), { limit: 50 }) },
    { what: 'search: a word everybody uses', runs: 50, ask: search('lịch hẹn') },
    { what: 'search: rare words', runs: 50, ask: search('kẹo dừa') },
    { what: 'stream: nothing new', runs: 200, ask: async () => changesSince(db.pool, await currentPlace(db.pool)) },
  ];
}

function ofPeople(db: Database, id: IdOf): Ask[] {
  const deps = { clock: { now: () => NOW }, windowRules: defaultWindowRules };
  const ledger = (n: number) => readTouchpointsOf(db.pool, id('c', n), { limit: 50 });
  return [
    { what: "a customer's page", runs: 200, ask: (n) => readPage(deps, db.pool, id('c', n)) },
    { what: "a page of a customer's ledger", runs: 200, ask: ledger },
  ];
}

/** Each claims in a transaction that is rolled back, so that there is as much to claim the next time. */
function ofWorkers(db: Database): Ask[] {
  const given = { now: NOW, limit: 64, newId: createIdMaker({ now: () => NOW }), timeZone: TIME_ZONE };
  const engine = engineOf(db);
  const signals = `INSERT INTO journey_signals (customer_id, kind, at) SELECT id, 'usage_recorded', $1 FROM customers ORDER BY id LIMIT 100`;
  return [
    {
      what: 'claiming work: 64 people with all they need',
      runs: 100,
      ask: () => rolledBack(db, (client) => claimWork(client, given)),
    },
    {
      what: 'claiming 20 messages',
      runs: 100,
      ask: () => rolledBack(db, (client) => readCandidates(client, { channel: 'zalo', now: NOW, limit: 20 })),
    },
    { what: 'due steps of 100 people, decided', runs: WAITING / 100 - 2, ask: () => startDue(engine, NOW, 100) },
    {
      what: 'planning 100 people anew',
      runs: 20,
      ask: async () => {
        await db.pool.query(signals, [NOW]);
        while ((await planCustomers(engine, NOW)) > 0);
      },
    },
  ];
}

class RollBack extends Error {}

async function rolledBack(db: Database, work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const undone = db.queueTransaction('process-events', async (client) => {
    await work(client);
    throw new RollBack();
  });
  await undone.catch((error: unknown) => {
    if (!(error instanceof RollBack)) throw error;
  });
}

function ofManagers(db: Database): Ask[] {
  const year = { from: new Date(NOW.getTime() - 365 * DAY_MS), to: NOW };
  return [
    { what: 'offers with their lift', runs: 10, ask: () => readOffers(db.pool, () => emptyCatalogue) },
    { what: 'survey scores of a year', runs: 10, ask: () => readResults(db.pool, year) },
    { what: 'sent today and this month, with cost', runs: 20, ask: () => readSent(db.pool, NOW, TIME_ZONE) },
  ];
}

/** As the crowd has them. */
function uuidOf(letter: string, n: number): string {
  const hex = createHash('md5').update(`${letter}${n}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
