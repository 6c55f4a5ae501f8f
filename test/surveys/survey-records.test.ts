// A question counts when it left; a low score has its case, its owner and its second question; results add up.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteDelivery } from '../../src/offers/note-delivery.ts';
import { linkLowScores } from '../../src/surveys/link-low-scores.ts';
import { readSurveyHistory } from '../../src/surveys/read-survey-history.ts';
import { saveSurveyWords } from '../../src/surveys/save-survey-words.ts';
import type { SurveyWord } from '../../src/surveys/survey-word.ts';
import { createHarness, type Harness, START } from '../api/api-harness.ts';

let api: Harness;
beforeAll(async () => {
  api = await createHarness();
});
afterAll(() => api.close());

let known = 0;
async function somebody() {
  known += 1;
  const externalId = `KH-${known}`;
  await api.call('PUT', `/api/v1/customers/${externalId}`, { body: {} });
  const [row] = await api.rows('SELECT id FROM customers WHERE external_id = $1', [externalId]);
  return { externalId, customerId: String(row?.id), runId: api.newId(), conversationId: api.newId() };
}
type Somebody = Awaited<ReturnType<typeof somebody>>;

async function save({ customerId, conversationId, runId }: Somebody, word: Partial<SurveyWord>, at = START) {
  // Ids sort by the millisecond.
  api.clock.advance(1);
  await saveSurveyWords(api.db.pool, api.newId, [
    {
      ...{ runId, flow: 'khao-sat', flowVersionId: null, step: 'hoi', metric: 'csat', status: 'asked', score: null },
      ...{ comment: null, caseId: null, customerId, conversationId, channel: 'zalo', inboundEventId: api.newId(), at },
      ...word,
    },
  ]);
}

async function deliver({ customerId, conversationId, runId }: Somebody, status: 'sent' | 'skipped', step = 'hoi') {
  const id = api.newId();
  await api.rows(
    `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
       run_id, step, status, reason, available_at, created_at, sent_at)
     VALUES ($1, $2, $1, $3, 'zalo', 'oa', '{}', 'care', 'flow', $4, $5, $6, 'Quá 7 ngày.', $7, $7, $7)`,
    [id, conversationId, customerId, runId, step, status, START],
  );
  await noteDelivery(api.db.pool, START, [id]);
}

async function openCase({ customerId, runId }: Somebody, more: { status?: string } = {}) {
  const id = api.newId();
  await api.rows(
    `INSERT INTO cases (id, customer_id, reason, status, opened_at, due_at, closed_at) VALUES ($1, $2, 'Điểm thấp', $3, $4, $4, $5)`,
    [id, customerId, more.status ?? 'open', START, more.status === 'closed' ? START : null],
  );
  await linkLowScores(api.db.pool, [{ id, runId, subscriptionId: null }]);
  return id;
}

const answersOf = ({ customerId }: Somebody) =>
  api.rows('SELECT status, score, is_repeat, case_id FROM survey_answers WHERE customer_id = $1 ORDER BY id', [
    customerId,
  ]);
const ledgerOf = async ({ customerId }: Somebody) =>
  (
    await api.rows(`SELECT kind FROM touchpoints WHERE customer_id = $1 AND kind LIKE 'survey%' ORDER BY id`, [
      customerId,
    ])
  ).map((row) => row.kind);
const historyOf = async (who: Somebody) => {
  const client = await api.db.pool.connect();
  try {
    return (await readSurveyHistory(client, [who.customerId], START)).get(who.customerId);
  } finally {
    client.release();
  }
};

describe('a question', () => {
  it('counts as asked when its message left, once', async () => {
    const who = await somebody();
    await save(who, {});
    expect(await answersOf(who)).toMatchObject([{ status: 'queued' }]);
    expect(await ledgerOf(who)).toEqual([]);
    await deliver(who, 'sent');
    await deliver(who, 'sent');
    await save(who, { status: 'answered', score: 5 });
    await save(who, { status: 'answered', score: 5, comment: 'nhanh' });
    expect(await answersOf(who)).toMatchObject([{ status: 'answered', score: 5 }]);
    expect(await ledgerOf(who)).toEqual(['survey_asked', 'survey_answered']);
  });

  it('that could not be sent is unsent, runs out of no time, and tires nobody', async () => {
    const who = await somebody();
    await save(who, {});
    await deliver(who, 'skipped');
    await save(who, { status: 'expired' });
    expect(await answersOf(who)).toMatchObject([{ status: 'unsent' }]);
    expect(await ledgerOf(who)).toEqual(['survey_skipped']);
    expect(await historyOf(who)).toEqual({ lastAskedAt: null, casesToAskAgain: [] });
  });

  it('that nobody answers expires once', async () => {
    const who = await somebody();
    await save(who, {});
    await deliver(who, 'sent');
    await save(who, { status: 'expired' });
    await save(who, { status: 'expired' });
    expect(await ledgerOf(who)).toEqual(['survey_asked', 'survey_expired']);
  });
});

describe('a low score', () => {
  async function low(metric: SurveyWord['metric'] = 'csat', score = 1) {
    const who = await somebody();
    await save(who, { metric });
    await deliver(who, 'sent');
    await save(who, { metric, status: 'answered', score });
    return who;
  }

  it.each([
    ['csat', 2, 'low_score'],
    ['csat', 3, 'other'],
    ['nps', 6, 'low_score'],
    ['nps', 7, 'other'],
    ['ces', 3, 'low_score'],
    ['ces', 4, 'other'],
  ] as const)('%s %i makes its case one of kind %s', async (metric, score, kind) => {
    const who = await low(metric, score);
    const id = await openCase(who);
    expect(await api.rows('SELECT kind FROM cases WHERE id = $1', [id])).toEqual([{ kind }]);
    expect(await answersOf(who)).toMatchObject([{ case_id: kind === 'low_score' ? id : null }]);
  });

  it('belongs to whoever owns the subscription', async () => {
    const who = await low();
    await api.call('PUT', `/api/v1/subscriptions/S-${who.externalId}`, {
      body: { customer: who.externalId, product: 'spa', owner: 'lan' },
    });
    const id = await openCase(who);
    expect(await api.rows('SELECT owner FROM cases WHERE id = $1', [id])).toEqual([{ owner: 'lan' }]);
  });

  it.each([
    ['csat', 4, true],
    ['csat', 3, false],
    ['nps', 7, true],
    ['nps', 6, false],
  ] as const)(
    'asked again after the case was closed, %s %i means recovered = %s; once',
    async (metric, score, recovered) => {
      const who = await low(metric, 1);
      const id = await openCase(who);
      await api.rows(`UPDATE cases SET status = 'closed', closed_at = $2 WHERE id = $1`, [id, START]);
      expect((await historyOf(who))?.casesToAskAgain).toEqual([id]);
      const again = { ...who, runId: api.newId() };
      await save(again, { metric, caseId: id });
      await deliver(again, 'sent');
      expect((await historyOf(who))?.casesToAskAgain).toEqual([]);
      await save(again, { metric, status: 'answered', score });
      expect(await answersOf(who)).toMatchObject([
        { is_repeat: false, case_id: id },
        { is_repeat: true, case_id: id, score },
      ]);
      expect(await api.rows('SELECT is_recovered FROM cases WHERE id = $1', [id])).toEqual([
        { is_recovered: recovered },
      ]);
      const third = { ...who, runId: api.newId() };
      await save(third, { metric, caseId: id });
      expect((await answersOf(who)).at(-1)).toMatchObject({ is_repeat: false, case_id: null });
    },
  );

  it('a second question that could not be sent may be asked another time', async () => {
    const who = await low();
    const id = await openCase(who);
    await api.rows(`UPDATE cases SET status = 'closed', closed_at = $2 WHERE id = $1`, [id, START]);
    const again = { ...who, runId: api.newId() };
    await save(again, { caseId: id });
    await deliver(again, 'skipped');
    expect((await historyOf(who))?.casesToAskAgain).toEqual([id]);
  });
});

describe('results over REST', () => {
  it('add up, with the rows behind them', async () => {
    const own = await createHarness();
    const outer = api;
    api = own;
    try {
      for (const score of [5, 5, 4, 3, 1]) {
        const who = await somebody();
        await save(who, {});
        await deliver(who, 'sent');
        await save(who, { status: 'answered', score });
        if (score === 1) {
          const id = await openCase(who);
          await own.rows(`UPDATE cases SET status = 'closed', closed_at = $2 WHERE id = $1`, [id, START]);
          const again = { ...who, runId: own.newId() };
          await save(again, { caseId: id });
          await deliver(again, 'sent');
          await save(again, { status: 'answered', score: 5 });
        }
      }
      const silent = await somebody();
      await save(silent, {});
      await deliver(silent, 'sent');
      await save(silent, { status: 'expired' });
      const unsent = await somebody();
      await save(unsent, {});
      await deliver(unsent, 'skipped');
      const { status, body } = await own.call('GET', '/api/v1/surveys/results?to=2026-11-22&metric=csat');
      expect(status).toBe(200);
      expect(body.items).toMatchObject([
        {
          ...{ metric: 'csat', asked: 6, answered: 5, expired: 1, waiting: 0, unsent: 1, average: 3.6 },
          score: { value: 0.6, low: expect.closeTo(0.2307, 3), high: expect.closeTo(0.8824, 3) },
          recovered: { low: 1, askedAgain: 1, recovered: 1, rate: { value: 1 } },
        },
      ]);
      const page = await own.call('GET', '/api/v1/surveys/answers?limit=3&metric=csat');
      expect(page.body).toMatchObject({
        items: [{ status: 'unsent' }, { status: 'expired' }, { isRepeat: true, score: 5 }],
      });
      const rest = await own.call('GET', `/api/v1/surveys/answers?limit=200&cursor=${String(page.body.nextCursor)}`);
      expect(rest.body.items).toHaveLength(5);
    } finally {
      api = outer;
      await own.close();
    }
  });
});
