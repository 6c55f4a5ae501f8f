// A REST API over a fresh database, called without a network. The worker and the outbox are stand-ins that tests set.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { type ApiDeps, registerApi } from '../../src/api/register-api.ts';
import { createPasswords } from '../../src/auth/hash-password.ts';
import { createSessionWatch } from '../../src/auth/session-watch.ts';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import type { Database } from '../../src/database.ts';
import { emptyCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { createIdMaker } from '../../src/ids.ts';
import { identityIdOf } from '../../src/inbound/event-id.ts';
import { attributeOrder } from '../../src/offers/attribute-orders.ts';
import { createTestDatabase } from '../test-database.ts';

export const API_KEY = 'khoa-thu-nghiem';
export const LINK_KEY = Buffer.alloc(32, 7);
export const START = new Date('2026-11-21T03:00:00.000Z');
/** Hashing that does not hold up tests. */
export const CHEAP = { memoryCost: 8, timeCost: 1, parallelism: 1 };
export const OA = '4318657068771012646';
export const PAGE = '106540352242922';

export type Answer = { status: number; body: Record<string, unknown>; headers: Record<string, unknown> };
export type Call = { body?: string | object; key?: string; headers?: Record<string, string> };
export type Harness = {
  app: FastifyInstance;
  db: Database;
  clock: MovableClock;
  deps: ApiDeps;
  newId: () => string;
  call(method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE', path: string, call?: Call): Promise<Answer>;
  /** Rows of a statement, for what REST does not show. */
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

/** A route as it was registered. */
export type Route = { method: string; url: string; scope: string | undefined };

const noScripts = {
  active: new Map(),
  versions: new Map(),
  guides: createGuideLibrary([]),
  journeys: new Map(),
  catalogue: emptyCatalogue,
};

export async function createHarness(
  change: Partial<ApiDeps> = {},
  database?: Database,
  onRoute?: (route: Route) => void,
): Promise<Harness> {
  const db = database ?? (await createTestDatabase());
  const clock = createManualClock(START);
  const newId = createIdMaker(clock);
  const deps: ApiDeps = {
    db,
    clock,
    newId,
    apiKey: API_KEY,
    staff: {
      secretKey: LINK_KEY,
      publicUrl: 'http://127.0.0.1:3000',
      business: { name: 'Gắn Bó' },
      random: randomBytes,
      passwords: createPasswords(CHEAP),
      watch: createSessionWatch({ db, clock }, () => undefined),
      mailLink: null,
    },
    timeZone: 'Asia/Ho_Chi_Minh',
    accounts: { zalo: OA, messenger: PAGE },
    identityIdOf,
    windowRules: defaultWindowRules,
    splitMessage: () => (message) => [message],
    onSubscriptionsSaved: async () => {},
    planRank: () => null,
    linkKey: LINK_KEY,
    attributeOrder: (client, orderId) =>
      attributeOrder({ offers: () => emptyCatalogue }, client, { orderId, now: clock.now() }),
    careFacts: { timeZone: 'Asia/Ho_Chi_Minh', business: { name: 'Gắn Bó', hotline: null, website: null } },
    scripts: () => noScripts,
    onJourneysMoved: () => {},
    onEventsPushed: () => {},
    onMessagesQueued: () => {},
    processNow: async () => {},
    webhooks: {
      key: { secretKey: Buffer.alloc(32, 7), random: randomBytes },
      rules: { timeoutMs: 15_000, mayUseLoopback: true },
    },
    onWebhooksQueued: () => {},
    imports: { importsDir: join(tmpdir(), 'ganbo-test-imports', newId()), maxBytes: 5 * 1024 * 1024 },
    onImportQueued: () => {},
    ...change,
  };
  const app = Fastify({ routerOptions: { maxParamLength: 512 } });
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') onRoute?.({ method: one, url, scope: config?.scope });
  });
  await registerApi(app, deps);
  await app.ready();
  const harness = { app, db, clock, deps, newId };
  return {
    ...harness,
    call: (method, path, call = {}) => inject(harness.app, method, path, call),
    rows: async (sql, values = []) => (await db.pool.query(sql, values)).rows,
    close: async () => {
      await app.close();
      await db.close();
    },
  };
}

async function inject(
  app: FastifyInstance,
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  call: Call,
): Promise<Answer> {
  const options: InjectOptions = {
    method,
    url: path,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      ...(call.key === undefined ? {} : { 'idempotency-key': call.key }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { payload: call.body }),
  };
  const response = await app.inject(options);
  const isJson = String(response.headers['content-type']).includes('json');
  return { status: response.statusCode, body: isJson ? response.json() : {}, headers: response.headers };
}

/** A person who has chatted: identity, anonymous customer, conversation. Answers their ids. */
export async function seedChatter(
  harness: Harness,
  channel: 'zalo' | 'messenger',
  peerId: string,
  more: { name?: string; state?: string; owner?: string; lastInteractionAt?: Date } = {},
): Promise<{ identityId: string; customerId: string; conversationId: string }> {
  const accountId = channel === 'zalo' ? OA : PAGE;
  const identityId = identityIdOf(channel, accountId, peerId);
  const [customerId, conversationId] = [harness.newId(), harness.newId()];
  await harness.rows('INSERT INTO customers (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)', [
    customerId,
    more.name ?? null,
    START,
  ]);
  await harness.rows(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, last_interaction_at, last_inbound_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
    [identityId, channel, accountId, peerId, customerId, more.lastInteractionAt ?? START, START],
  );
  await harness.rows(
    `INSERT INTO conversations (id, identity_id, customer_id, state, owner, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`,
    [conversationId, identityId, customerId, more.state ?? 'bot', more.owner ?? null, START],
  );
  return { identityId, customerId, conversationId };
}
