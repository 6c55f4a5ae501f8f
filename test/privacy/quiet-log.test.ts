// The log of a busy day at its most talkative: people write, calls are refused, providers fail, files are broken, staff
// mistype their password. Nobody's words, numbers, addresses or tokens stand in it. LOG_LINES=10000 for a long day.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import { tokensOf } from '../provider-tokens.ts';
import { afterWriting, CHANNELS, must, nameCustomer, welcomed } from '../stories/scenes.ts';
import { API_KEY, openStage, type Stage } from '../stories/stage.ts';

const LEAST_LINES = Number(process.env.LOG_LINES ?? 20);
/** Each fault once. */
const LEAST_ROUNDS = 4;
const ADMIN = { email: 'chim.quanly@khach.example', password: 'CHIM-mat-khau-quan-ly-1' };
/** Each stands for a kind of what must not be told; tokens are added below. */
const canaries = {
  words: 'CHIMHOÀNGYẾN',
  name: 'Chim Thị Sáo',
  phone: '0911777',
  storedPhone: '84911777',
  address: 'chim.khach',
  staff: 'chim.quanly',
  password: 'CHIM-mat-khau',
  wrongKey: 'CHIM-khoa-sai',
};

const lines: string[] = [];
let stage: Stage;
beforeAll(async () => {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(
        ...String(chunk)
          .split('\n')
          .filter((line) => line !== ''),
      );
      done();
    },
  });
  stage = await openStage({
    log: createLog('debug', destination),
    env: { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password },
  });
});
afterAll(() => stage.close());

const faults: FaultKind[] = ['rate_limit', 'bad_json', 'drop_answer', 'window_closed'];

async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<void> {
  const json = { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}`, ...headers };
  await (await fetch(`${stage.address}${path}`, { method: 'POST', body, headers: json })).arrayBuffer();
}

/** Somebody writes while the provider fails. */
async function someoneWrites(round: number): Promise<void> {
  const channel = CHANNELS[round % 2] ?? 'zalo';
  const phone = `${canaries.phone}${String(round).padStart(3, '0')}`;
  const person = await welcomed(stage, channel, `${canaries.name} ${round}`);
  const customer = await nameCustomer(stage, person);
  await must(stage, 'PUT', `/api/v1/customers/${customer}`, { phone, email: `${canaries.address}${round}@vidu.vn` });
  const kind = faults[round % faults.length] ?? 'bad_json';
  stage.sandbox.setFault({ channel, kind, count: 1, ms: 100 });
  await afterWriting(stage, person, `${canaries.words} gọi ${phone}`);
  await stage.pass({ minutes: 2 });
}

/** Calls that are refused, each with something in it that the log must not repeat. */
async function othersErr(round: number): Promise<void> {
  const text = `${canaries.words} ${round}`;
  await post('/api/v1/orders', `{"id": "${text}`, {});
  await post('/api/v1/orders', JSON.stringify({ id: text, customer: text, amount: text }));
  await post('/api/v1/usage', JSON.stringify([{ customer: text, [text]: canaries.phone }]));
  await post('/api/v1/orders', '{}', { authorization: `Bearer ${canaries.wrongKey}-${round}` });
  await post('/webhooks/zalo', JSON.stringify({ message: { text }, sender: { id: canaries.phone } }));
  await post('/webhooks/messenger', `${text}`, { 'x-hub-signature-256': `sha256=${canaries.wrongKey}` });
  await post('/api/v1/session', JSON.stringify({ email: ADMIN.email, password: `${canaries.password}-${round}` }));
  await post('/api/v1/session', JSON.stringify(ADMIN));
  const wrong = `Mã,Tên,SĐT,Email\n${text},${canaries.name},${canaries.phone},không phải ${canaries.address}\n`;
  await stage.api('POST', '/api/v1/imports?kind=customers', wrong);
  await stage.api('POST', '/api/v1/imports?kind=customers', `Mã,Tên\nA,"${text}\n`);
  await stage.settle();
}

test(`${LEAST_LINES} lines and more tell nobody`, { timeout: 240_000 + LEAST_LINES * 3_000 }, async () => {
  for (let round = 0; lines.length < LEAST_LINES || round < LEAST_ROUNDS; round += 1) {
    await someoneWrites(round);
    await othersErr(round);
  }
  const { rows } = await stage.db.pool.query<{ external_id: string }>('SELECT external_id FROM channel_identities');
  const tokens = tokensOf(stage.sandbox);
  expect([tokens.length > 0, rows.length >= LEAST_ROUNDS]).toEqual([true, true]);
  const secrets = [...Object.values(canaries), API_KEY, ...tokens, ...rows.map((row) => row.external_id)];
  const told = lines.filter((line) => secrets.some((secret) => line.includes(secret)));
  expect(told.slice(0, 5)).toEqual([]);
  expect(lines.length).toBeGreaterThanOrEqual(LEAST_LINES);
});
