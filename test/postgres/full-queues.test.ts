// A statement is planned once and its plan is kept: made while nothing waited, it must also do when thousands wait. What
// a round reads may grow with the portion that it takes, and never with what stands in the queue behind it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf, makeCrowd } from '../../scripts/bench/many-people.ts';
import { MINUTE_MS } from '../../src/clock.ts';
import { markSent } from '../../src/outbox/mark-sent.ts';
import { afterWriting, welcomed } from '../stories/scenes.ts';
import { MONDAY_MORNING, openStage, type Stage } from '../stories/stage.ts';
import { type ReadWatch, watchReads } from './watch-reads.ts';

const MANY = 3_000;
/** A portion is up to 500 people with all that hangs on them. */
const PORTION = 2_800;

/** Statements that read more, by name or beginning, and why. */
const READS_MORE: [beginning: string, why: string][] = [
  ['lock-people', 'up to 1,024 are looked at, and those whose next try is later are passed by'],
  ['care-since', 'all lines of 200 customers since they enrolled'],
  [
    'SELECT c.id, c.identity_id, c.customer_id, i.channel, i.account_id, i.last_inb',
    'all that people lead, every 20 s',
  ],
  ['SELECT o.id, o.attempts, o.content, o.sending_at, i.external_id FROM ( SELECT ou', 'the newest 20,000 lines'],
  ['SELECT concat((SELECT coalesce(max(id), 0) FROM touchpoints)', 'how tests ask whether anything moves'],
];

const CHANNEL = `CASE n % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' END`;
const everybody = `generate_series(1, ${MANY}) n`;
const message = (letter: string, purpose: string, status: string, attempts: number, which: string) => `
INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status,
  attempts, available_at, sending_at, created_at)
SELECT ${idOf(letter)}, ${idOf('v')}, ${idOf('i')}, ${idOf('c')}, ${CHANNEL}, 'oa', '{"kind": "text", "text": "Cảm ơn chị"}', ${purpose}, 'flow', ${status},
  ${attempts}, $1, $1, $1 FROM ${everybody} WHERE ${which}`;

/** What waits for everybody, a pile for each round. $1 = now. */
const PILES = [
  message('w', `CASE n % 3 WHEN 0 THEN 'answer' ELSE 'care' END`, `'queued'`, 0, 'true'),
  message('u', `'answer'`, `'uncertain'`, 1, 'n % 5 = 0'),
  `WITH e AS (
     INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
     SELECT ${idOf('q')}, 'zalo', 'oa', ${idOf('i')}, 'message', 'user_send_text', $1, $1, '{"kind": "message", "text": "chào shop"}'
     FROM ${everybody} RETURNING id, identity_id)
   INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at) SELECT id, identity_id, $1, $1 FROM e`,
  `INSERT INTO timers (id, conversation_id, identity_id, run_id, key, due_at)
   SELECT ${idOf('k')}, ${idOf('v')}, ${idOf('i')}, ${idOf('r')}, ${idOf('r')} || ':nhac', $1 FROM ${everybody}`,
  `INSERT INTO journey_signals (customer_id, kind, at) SELECT ${idOf('c')}, 'usage_recorded', $1 FROM ${everybody}`,
  `INSERT INTO outgoing_events (id, type, customer_id, data, at) SELECT ${idOf('g')}, 'survey.answered', ${idOf('c')}, '{}', $1 FROM ${everybody}`,
  `WITH due AS (SELECT id FROM enrolment_steps WHERE step = 'truoc_7_ngay' AND status = 'planned')
   UPDATE enrolment_steps s SET due_at = $1 FROM due WHERE s.id = due.id`,
  `INSERT INTO offer_issues (id, code, customer_id, conversation_id, journey, run_id, step, state, created_at, sent_at, deadline_at)
   SELECT ${idOf('z')}, 'GIAHAN', ${idOf('c')}, ${idOf('v')}, 'renewal', ${idOf('z')}, 'moi', 'sent', $1, $1, $1 FROM ${everybody}`,
  `UPDATE conversations SET state = 'with_agent', taken_over_at = $1
   WHERE id IN (SELECT ${idOf('v')} FROM ${everybody} WHERE n % 2 = 0)`,
];

/** Statements are asked for the first time, and their plans are made. */
async function liveForAWhile(stage: Stage): Promise<void> {
  for (const channel of ['zalo', 'messenger'] as const) {
    const person = await welcomed(stage, channel);
    await afterWriting(stage, person, 'Hướng dẫn sử dụng', 'kẹo dừa', 'gặp nhân viên', 'dừng');
    await stage.pass({ hours: 1 });
  }
}

async function fill(stage: Stage, isCounted: boolean): Promise<void> {
  const crowd = { people: MANY, lines: MANY, months: 2, waiting: 0, now: MONDAY_MORNING, isCounted };
  await makeCrowd({ db: stage.db, url: stage.db.url }, crowd);
}

/** What the channels' history would say of those whose outcome is unknown. */
async function hearOfThem({ db, clock }: Stage): Promise<void> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM outbound_messages WHERE status = 'uncertain' LIMIT 50`,
  );
  const fact = { sentAt: clock.now(), costKind: null, costAmount: null, knownBy: 'history' };
  const facts = rows.map(({ id }) => ({ ...fact, id, providerMessageId: `m-${id}` }));
  await db.queueTransaction('save-results', (client) => markSent(client, facts));
}

const DAYS: [day: string, begin: (stage: Stage) => Promise<void>][] = [
  ['the tables were empty, and nobody counted since', (stage) => liveForAWhile(stage).then(() => fill(stage, false))],
  ['everybody was known, and nothing waited', (stage) => fill(stage, true).then(() => liveForAWhile(stage))],
];

describe.each(DAYS)('with plans of a day when %s', (_, begin) => {
  let stage: Stage;
  let watch: ReadWatch;
  beforeAll(async () => {
    stage = await openStage();
    await begin(stage);
    for (const pile of PILES) {
      await stage.db.pool.query(`-- a pile\n${pile}`, [stage.clock.now()]);
      watch ??= watchReads();
      // Some rounds look once a minute.
      stage.clock.advance(MINUTE_MS);
      await stage.program.idle();
    }
    await hearOfThem(stage);
  }, 300_000);
  afterAll(async () => {
    watch.stop();
    await stage.close();
  });

  test('a round reads its portion, and not all that waits', () => {
    const seen = watch.seen();
    for (const name of ['next-messages', 'mark-sent', 'fire-timers', 'lock-due', 'care-tips', 'sweep-customers']) {
      expect(watch.asked).toContain(name);
    }
    const mayReadMore = (about: string) => READS_MORE.some(([beginning]) => about.startsWith(beginning));
    expect(seen.filter(({ about, rows }) => rows > PORTION && !mayReadMore(about))).toEqual([]);
    expect(watch.mistakes).toEqual([]);
  });
});
