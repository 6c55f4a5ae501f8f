// The door to connect an Official Account from the browser: staff who may hold keys, and nobody else without a ticket.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn } from '../inbox/signed-in.ts';
import { openStage, type Stage } from '../stories/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('an admin is led to the provider; strangers, other roles and ended sessions are not', async () => {
  const staff = await signIn(stage);
  const open = async () => (await staff.get('/oauth/zalo/start')).status;
  const led = await staff.get('/oauth/zalo/start');
  expect(led.status).toBe(302);
  expect(led.headers.get('location')).toContain('app_id=');
  const stranger = await fetch(`${stage.address}/oauth/zalo/start`, { headers: { cookie: 'ganbo_session=x' } });
  expect(await stranger.json()).toMatchObject({ error: { code: 'unauthorized' } });
  await stage.db.pool.query(`UPDATE staff_members SET role = 'agent'`);
  expect(await open()).toBe(401);
  await stage.db.pool.query(`UPDATE staff_members SET role = 'admin'`);
  expect(await open()).toBe(302);
  await stage.db.pool.query('UPDATE staff_sessions SET ended_at = created_at');
  expect(await open()).toBe(401);
});
