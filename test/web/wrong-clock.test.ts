// A desk whose clock is three hours wrong: what counts down and what is put off goes by the server's time.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { afterWriting, conversationOf, nameCustomer, welcomed } from '../stories/scenes.ts';
import { type Desk, executablePath, openDesk } from './desk.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(executablePath === undefined)('a browser clock that is wrong', () => {
  let desk: Desk;
  let id: string;
  beforeAll(async () => {
    desk = await openDesk();
    const person = await welcomed(desk.stage, 'zalo', 'Ngô Thị Giờ');
    ({ id } = await conversationOf(desk.stage, await nameCustomer(desk.stage, person)));
    await afterWriting(desk.stage, person, 'gặp nhân viên');
    await desk.settle();
    // Five hours and a half until the channel shuts its window, an hour and a half until a reply is due.
    const [now, { pool }] = [desk.stage.clock.now().getTime(), desk.stage.db];
    await pool.query(
      'UPDATE channel_identities SET last_interaction_at = $2, last_inbound_at = $2, followed_at = $2 WHERE id = (SELECT identity_id FROM conversations WHERE id = $1)',
      [id, new Date(now - 7 * 24 * HOUR_MS + 5.5 * HOUR_MS)],
    );
    await pool.query('UPDATE conversations SET reply_due_at = $2 WHERE id = $1', [id, new Date(now + 1.5 * HOUR_MS)]);
    await desk.signIn();
  }, 120_000);
  afterAll(() => desk.close());

  /** How long one may still write, and until when a reply is due, as they are told. */
  const told = async (): Promise<string[]> => {
    const { page } = desk;
    await page.goto(`${desk.stage.address}/inbox/waiting?c=${id}`);
    const window = page.getByText(/ · còn \d/);
    await window.waitFor();
    const row = page.getByRole('region', { name: 'Danh sách hội thoại' }).getByRole('button', { name: 'Ngô Thị Giờ' });
    return [await window.innerText(), await row.innerText()];
  };

  test.each([-3, 3])('%i hours: the same is told', async (hours) => {
    const { page, stage } = desk;
    await page.clock.setFixedTime(stage.clock.now());
    const right = await told();
    expect(right[0]).toMatch(/còn 5 giờ/);
    expect(right[1]).toMatch(/1 giờ/);
    await page.clock.setFixedTime(new Date(stage.clock.now().getTime() + hours * HOUR_MS));
    await expect.poll(told).toEqual(right);
    expect(desk.problems).toEqual([]);
  });

  test('an hour from now is an hour for the server', async () => {
    const { page, stage } = desk;
    await page.getByRole('button', { name: 'Thao tác', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Một giờ nữa' }).click();
    const until = async (): Promise<number> => {
      const { rows } = await stage.db.pool.query('SELECT snoozed_until FROM conversations WHERE id = $1', [id]);
      return rows[0]?.snoozed_until?.getTime() ?? 0;
    };
    await expect.poll(until).toBeGreaterThan(0);
    expect(Math.abs((await until()) - stage.clock.now().getTime() - HOUR_MS)).toBeLessThan(3_000);
  });
});
