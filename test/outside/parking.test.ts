// A send whose answer was lost and that nobody can tell about: said once, never again, and put before a person.
// In this process, with time by hand: nobody wants to wait a minute and a half.
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { type Program, startProgram } from '../../src/start-program.ts';
import { metricOf, type OutsideWorld, openWorld } from './outside-world.ts';
import type { StubAnswer } from './provider-stub.ts';
import { followOf, newPeerId, postZalo, zaloTextOf } from './webhook.ts';

let world: OutsideWorld;
let program: Program;
let clock: MovableClock;
let address: string;
beforeAll(async () => {
  world = await openWorld();
  const read = readConfig({ ...world.env, SANDBOX: 'off' }, process.cwd());
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  // Within the hours in which somebody is there: what is said out of them would be counted as well.
  clock = createManualClock(new Date('2026-11-23T03:00:00Z'));
  const log = pino({ level: 'silent' });
  const { db } = world;
  program = await startProgram({ config: read.config, db, clock, log, secretKey: randomBytes(32), sandboxUrl: null });
  address = await program.app.listen({ host: '127.0.0.1', port: 0 });
  await program.loaded;
});
afterAll(async () => {
  await program.stop();
  await world.close();
});

const toUser = (user: string) => world.zalo.to('POST', '/message/cs').filter((call) => call.text.includes(user));

async function metric(status: string): Promise<number | null> {
  const text = await (await fetch(`${address}/metrics`)).text();
  return metricOf(text, `ganbo_outbound_messages{status="${status}"}`);
}

/** Seconds of the clock until it is parked. */
async function secondsUntilParked(): Promise<number> {
  for (let seconds = 0; seconds <= 600; seconds += 5) {
    await program.idle();
    if ((await metric('parked')) === 1) return seconds;
    clock.advance(5_000);
  }
  return Number.POSITIVE_INFINITY;
}

const histories: [string, () => StubAnswer][] = [
  ['404', () => ({ status: 404, json: { error: 404, message: 'empty api' } })],
  ['500', () => ({ status: 500, json: 'oops' })],
  ['nothing', () => 'reset'],
];

test.each(histories)('no echo, and a history that answers with %s', async (_what, history) => {
  await world.db.pool.query('TRUNCATE outbound_messages CASCADE');
  const user = newPeerId();
  world.zalo.script = (call) => {
    if (call.path.endsWith('/message/cs')) return 'reset';
    return call.path.endsWith('/conversation') ? history() : undefined;
  };
  expect((await postZalo({ address }, followOf(user, clock.now().getTime()))).status).toBe(200);
  const seconds = await secondsUntilParked();
  expect(seconds).toBeGreaterThanOrEqual(45);
  expect(seconds).toBeLessThanOrEqual(120);
  // A day later it is still one send.
  clock.advance(86_400_000);
  await program.idle();
  expect(toUser(user)).toHaveLength(1);
  expect(await metric('parked')).toBe(1);
  // What the customer does next is answered all the same.
  world.zalo.script = () => undefined;
  await postZalo({ address }, zaloTextOf(user, 'gặp nhân viên', clock.now().getTime()));
  await program.idle();
  expect(toUser(user)).toHaveLength(2);
});
