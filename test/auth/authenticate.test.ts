// The key of the REST API, header by header.
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticate } from '../../src/auth/authenticate.ts';
import { createManualClock } from '../../src/clock.ts';
import { handleError } from '../../src/http/handle-error.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

async function statusFor(apiKey: string | null, authorization: string | undefined): Promise<number> {
  const app = Fastify();
  app.setErrorHandler(handleError);
  await app.register(cookie);
  const clock = createManualClock(new Date('2026-11-21T03:00:00Z'));
  const rest = { publicUrl: 'http://127.0.0.1:3000', secretKey: Buffer.alloc(32, 7), limitCalls: async () => {} };
  app.addHook('onRequest', createAuthenticate({ apiKey, db, clock, ...rest }));
  app.get('/', { config: { scope: 'records:read' } }, async () => 'in');
  const response = await app.inject({ url: '/', headers: authorization === undefined ? {} : { authorization } });
  expect(response.body).not.toContain('dung-khoa-nay');
  await app.close();
  return response.statusCode;
}

describe('createAuthenticate', () => {
  it.each([
    ['Bearer dung-khoa-nay', 200],
    ['bearer dung-khoa-nay', 200],
    ['BEARER   dung-khoa-nay ', 200],
    [undefined, 401],
    ['', 401],
    ['dung-khoa-nay', 401],
    ['Bearer', 401],
    ['Bearer ', 401],
    ['Bearer dung-khoa', 401],
    ['Bearer dung-khoa-nay-', 401],
    ['Bearer DUNG-KHOA-NAY', 401],
    ['Bearer dung-khoa-nay dung-khoa-nay', 401],
    ['Basic dung-khoa-nay', 401],
    ['Bearer null', 401],
  ])('%s → %d', async (authorization, status) => {
    expect(await statusFor('dung-khoa-nay', authorization)).toBe(status);
  });

  it.each([undefined, 'Bearer ', 'Bearer null', 'Bearer undefined'])(
    'without a configured key %s is refused',
    async (authorization) => {
      expect(await statusFor(null, authorization)).toBe(401);
    },
  );
});
