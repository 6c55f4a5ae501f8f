// A low score, all the way: a case with an owner, what was done is told, asked again once, and then left in peace.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  afterTapping,
  afterWriting,
  CHANNELS,
  inDays,
  ledgerOf,
  must,
  nameCustomer,
  said,
  shownBy,
  welcomed,
} from './scenes.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => {
  expect(stage.sandbox.violations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

const subscribe = (customer: string, name: string) =>
  must(stage, 'PUT', `/api/v1/subscriptions/${customer}-${name}`, {
    customer,
    product: 'spa',
    owner: 'lan.nguyen',
    startedAt: inDays(stage, -10),
  });

describe.each(CHANNELS)('on %s', (channel) => {
  test('who was not content is told what was done, asked again once, and counts as won back', async () => {
    const person = await welcomed(stage, channel);
    const customer = await nameCustomer(stage, person);
    await subscribe(customer, 'mot');
    await afterTapping(stage, person, 'Rất tệ');
    await afterTapping(stage, person, 'Để sau');
    const { rows } = await stage.db.pool.query<{ id: string; kind: string; owner: string }>(
      'SELECT k.id, k.kind, k.owner FROM cases k JOIN customers c ON c.id = k.customer_id WHERE c.external_id = $1',
      [customer],
    );
    expect(rows).toMatchObject([{ kind: 'low_score', owner: 'lan.nguyen' }]);

    await must(stage, 'POST', `/api/v1/cases/${rows[0]?.id}/close`, {
      by: 'lan.nguyen',
      outcome: 'Em đã tách báo cáo ra và cài lại cho mình rồi ạ.',
    });
    await stage.pass({ hours: 2 });
    expect(said(stage, person).join('\n')).toContain('Em đã tách báo cáo ra');
    expect(shownBy(stage, person).at(-1)?.text).toContain('Giờ');
    await afterTapping(stage, person, 'Rất hài lòng');

    const answers = await must(stage, 'GET', `/api/v1/surveys/answers?customer=${customer}`);
    expect(answers.items).toMatchObject([
      { flow: 'recovery', isRepeat: true, score: 5, caseId: rows[0]?.id },
      { flow: 'satisfaction-survey', isRepeat: false, score: 1, caseId: rows[0]?.id },
    ]);
    const solved = await stage.db.pool.query('SELECT is_recovered FROM cases WHERE id = $1', [rows[0]?.id]);
    expect(solved.rows).toEqual([{ is_recovered: true }]);

    // Another subscription, ten days old as well: within a month nobody is asked again.
    const before = said(stage, person).length;
    await subscribe(customer, 'hai');
    await stage.pass({ days: 1 });
    expect(said(stage, person).slice(before).join('\n')).not.toContain('hài lòng ở mức nào');
    const [skipped] = await ledgerOf(stage, customer, 'survey_skipped');
    expect(skipped?.reason).toContain('ít nhất 30 ngày');
    const steps = await ledgerOf(stage, customer, 'journey_step_skipped');
    expect(steps.map(({ reason }) => reason)).toContain(skipped?.reason);
  });
});

test('staff may ask all the same, when they say so', async () => {
  const person = await welcomed(stage, 'zalo');
  const customer = await nameCustomer(stage, person);
  await subscribe(customer, 'mot');
  await afterTapping(stage, person, 'Hài lòng');
  await afterWriting(stage, person, 'không');
  await afterWriting(stage, person, '9');
  const path = `/api/v1/customers/${customer}/flows/satisfaction-survey`;
  const question = 'hài lòng ở mức nào';
  const asked = () => said(stage, person).filter((text) => text.includes(question)).length;
  await must(stage, 'POST', path, {});
  expect(asked()).toBe(1);
  expect(await ledgerOf(stage, customer, 'survey_skipped')).toHaveLength(1);
  await must(stage, 'POST', path, { force: true });
  expect(asked()).toBe(2);
});
