// What people and workers ask all day, asked on a ledger of a million lines and more: the real functions, each many times
// over other people. Sizes by BENCH_PEOPLE, BENCH_LINES and BENCH_MONTHS. Beside the time by the clock stands what the
// server computed for one question, which neighbours on the machine disturb least.
import { createHash } from 'node:crypto';
import type pg from 'pg';
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
import { searchInbox } from '../../src/inbox/search.ts';
import { searchMessages } from '../../src/inbox/search-messages.ts';
import { searchWords } from '../../src/inbox/search-words.ts';
import { planCustomers } from '../../src/journeys/plan-customers.ts';
import { startDue } from '../../src/journeys/start-due.ts';
import { readTouchpointsOf } from '../../src/ledger/read-touchpoints.ts';
import { readOffers } from '../../src/offers/read-offers.ts';
import { readDue } from '../../src/outbox/candidate.ts';
import { readLastWords } from '../../src/outbox/last-words.ts';
import { readSent } from '../../src/outbox/read-sent.ts';
import { readResults } from '../../src/surveys/read-results.ts';
import { engineOf } from './due-steps.ts';
import { atMost, type Bench, type Figure, ms, plain, quantile, whole } from './figure.ts';
import { makeCrowd } from './many-people.ts';

const NOW = new Date('2026-11-23T03:00:00Z');
/** So many wait to be worked, written to and moved on. */
const WAITING = 2_000;
const TIME_ZONE = 'Asia/Ho_Chi_Minh';

type Ask = {
  what: string;
  runs: number;
  ask: (n: number) => Promise<unknown>;
  /** What 95 of 100 must not exceed, ms. */
  goal?: number;
};
type Times = { p50: number; p95: number; longest: number; cpu: number };

/** In a database of its own. */
export async function measureManyRows(bench: Bench): Promise<Figure[]> {
  const size = (name: string, usual: number) => Number(process.env[name] ?? usual);
  const [people, lines] = [size('BENCH_PEOPLE', 100_000), size('BENCH_LINES', 1_000_000)];
  const crowd = { people, lines, months: size('BENCH_MONTHS', 24), waiting: WAITING, now: NOW };
  const url = await bench.newDatabase('many_rows');
  const db = openDatabase({ url, poolSize: 4 });
  try {
    const startedAt = performance.now();
    await makeCrowd({ db, url }, crowd);
    const seconds = whole((performance.now() - startedAt) / 1000);
    bench.say(`${whole(people)} people and ${whole(lines)} lines over ${crowd.months} months, made in ${seconds} s`);
    const figures: Figure[] = [];
    for (const one of questions(db, people)) {
      const times = await measure(one, bench);
      bench.say(inWords(one, times));
      const what = `${one.what}, p95 among ${whole(lines)} lines`;
      figures.push(one.goal === undefined ? plain(what, ms(times.p95)) : atMost(what, times.p95, one.goal, ms));
    }
    return figures;
  } finally {
    await db.close();
  }
}

function inWords({ what, runs }: Ask, { p50, p95, longest, cpu }: Times): string {
  const [half, most, all] = [p50, p95, longest].map((value) => value.toFixed(1).padStart(7));
  const computed = `the server computed ${cpu.toFixed(1)} ms for each`;
  return `${what.padEnd(43)} p50 ${half}  p95 ${most}  longest ${all} ms; ${computed} of ${runs}`;
}

async function measure({ runs, ask }: Ask, { databaseCpu }: Bench): Promise<Times> {
  const found: number[] = [];
  await ask(0);
  const before = await databaseCpu();
  for (let run = 1; run <= runs; run += 1) {
    const at = performance.now();
    await ask(run);
    found.push(performance.now() - at);
  }
  const cpu = ((await databaseCpu()) - before) / runs / 1000;
  return { p50: quantile(found, 0.5), p95: quantile(found, 0.95), longest: quantile(found, 1), cpu };
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
    { what: 'inbox page: waiting', runs: 100, goal: 200, ask: page('waiting') },
    { what: 'inbox page: all that is open', runs: 100, goal: 200, ask: page('all') },
    { what: 'inbox page: resolved', runs: 100, goal: 200, ask: page('resolved') },
    { what: 'inbox counts', runs: 100, goal: 200, ask: () => countConversations(db.pool, seesAll, NOW) },
    { what: 'a thread', runs: 200, ask: (n) => readTimeline({ pool: db.pool, scripts }, id('v', n), { limit: 50 }) },
    { what: 'search: a word everybody uses', runs: 50, ask: search('lịch hẹn') },
    { what: 'search: rare words', runs: 50, ask: search('kẹo dừa') },
    {
      what: 'search: a name of many',
      runs: 50,
      ask: () => searchInbox(db.pool, { q: 'Khách Châu', limit: 20 }, seesAll),
    },
    { what: 'stream: nothing new', runs: 200, ask: async () => changesSince(db.pool, await currentPlace(db.pool)) },
  ];
}

function ofPeople(db: Database, id: IdOf): Ask[] {
  const nothing = { product: () => null, plan: () => null, offer: () => null, journey: () => null };
  const deps = { clock: { now: () => NOW }, windowRules: defaultWindowRules, titles: () => nothing };
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
      goal: 5,
      ask: () =>
        rolledBack(db, async (client) => {
          const { due } = await readDue(client, { channel: 'zalo', now: NOW, limit: 20 });
          await readLastWords(client, due, { channel: 'zalo', now: NOW });
        }),
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
    { what: 'offers with their lift', runs: 10, goal: 1_000, ask: () => readOffers(db.pool, () => emptyCatalogue) },
    { what: 'survey scores of a year', runs: 10, goal: 1_000, ask: () => readResults(db.pool, year) },
    {
      what: 'sent today and this month, with cost',
      runs: 20,
      goal: 1_000,
      ask: () => readSent(db.pool, NOW, TIME_ZONE),
    },
  ];
}

/** As the crowd has them. */
function uuidOf(letter: string, n: number): string {
  const hex = createHash('md5').update(`${letter}${n}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
