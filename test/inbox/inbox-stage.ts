// The inbox over a fresh database, called as members of staff. The worker and the outbox are stand-ins.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { createManualClock, type MovableClock } from '../../src/clock.ts';
import type { Database } from '../../src/database.ts';
import { type Catalogue, makeCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import type { Message } from '../../src/flows/message-schema.ts';
import { handleError } from '../../src/http/handle-error.ts';
import { createIdMaker, identityIdOf } from '../../src/ids.ts';
import { createInboxStreams, type InboxStreams } from '../../src/inbox/inbox-streams.ts';
import { staffInboxRoutes } from '../../src/inbox/register-inbox.ts';
import type { StaffActor } from '../../src/inbox/staff-actor.ts';
import { createTestDatabase } from '../test-database.ts';

/** Monday, 10:00 in Vietnam. */
export const START = new Date('2026-11-23T03:00:00.000Z');
export type Answer = { status: number; body: Record<string, unknown> };
export type InboxStage = {
  app: FastifyInstance;
  db: Database & { url: string };
  clock: MovableClock;
  newId: () => string;
  streams: InboxStreams;
  mediaDir: string;
  call(
    by: StaffActor | null,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<Answer>;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  staff(
    name: string,
    more?: { teamId?: string; lastSeenAt?: Date; skills?: string[]; capacity?: number },
  ): Promise<StaffActor>;
  chatter(
    peerId: string,
    more?: { name?: string; state?: string; channel?: 'zalo' | 'messenger'; lastInteractionAt?: Date },
  ): Promise<{ identityId: string; customerId: string; conversationId: string }>;
  close(): Promise<void>;
};

export async function openInbox(catalogue: Catalogue = makeCatalogue()): Promise<InboxStage> {
  const db = await createTestDatabase();
  const clock = createManualClock(START);
  const newId = createIdMaker(clock);
  const streams = createInboxStreams({ db, clock }, (error) => {
    throw error;
  });
  const mediaDir = await mkdtemp(join(tmpdir(), 'ganbo-inbox-media-'));
  const people = new Map<string, StaffActor>();
  const scripts = {
    active: new Map(),
    versions: new Map(),
    guides: createGuideLibrary([]),
    journeys: new Map(),
    catalogue,
  };
  const app = Fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.decorateRequest('actor', '');
  app.decorateRequest('staff', null);
  app.addHook('onRequest', async (request) => {
    const staff = people.get(String(request.headers['x-staff']));
    request.actor = staff ? `staff:${staff.email}` : 'api_key:test';
    request.staff = staff ? { ...staff, role: 'agent', sessionId: 's' } : null;
  });
  const deps = {
    db,
    clock,
    newId,
    streams,
    mediaDir,
    calendarUrl: (id: string) => `https://cham-soc.vn/calendar/${id}.ics`,
    windowRules: defaultWindowRules,
    timeZone: 'Asia/Ho_Chi_Minh',
    scripts: () => scripts,
    splitMessage: () => (message: Message) => [message],
    onSessionEnded: () => () => {},
    onEventsPushed: () => {},
    onMessagesQueued: () => {},
    processNow: async () => {},
    careFacts: { timeZone: 'Asia/Ho_Chi_Minh', business: { name: 'Gắn Bó', hotline: null, website: null } },
  };
  await app.register(staffInboxRoutes(deps), { prefix: '/api/v1' });
  await app.ready();
  const rows = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;
  return {
    app,
    db,
    clock,
    newId,
    streams,
    mediaDir,
    rows,
    call: async (by, method, path, body) => {
      const headers = by === null ? {} : { 'x-staff': by.id };
      const given = body === undefined ? {} : { payload: body };
      const response = await app.inject({ method, url: `/api/v1${path}`, headers, ...given });
      return { status: response.statusCode, body: response.json() };
    },
    staff: async (
      name,
      {
        teamId = null,
        lastSeenAt = START,
        skills = [],
        capacity = null,
      }: { teamId?: string | null; lastSeenAt?: Date; skills?: string[]; capacity?: number | null } = {},
    ) => {
      const staff = { id: newId(), name, email: `${name.toLowerCase()}@ganbo.vn`, role: 'agent', teamId };
      people.set(staff.id, staff);
      await rows(
        `INSERT INTO staff_members (id, email, name, role, team_id, skills, capacity, created_at, last_seen_at) VALUES ($1, $2, $3, 'agent', $4, $5, $6, $7, $8)`,
        [staff.id, staff.email, name, teamId, skills, capacity, START, lastSeenAt],
      );
      return staff;
    },
    chatter: async (peerId, more = {}) => {
      const channel = more.channel ?? 'zalo';
      const identityId = identityIdOf(channel, 'account', peerId);
      const [customerId, conversationId] = [newId(), newId()];
      await rows('INSERT INTO customers (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)', [
        customerId,
        more.name ?? null,
        START,
      ]);
      await rows(
        `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, last_interaction_at, last_inbound_at, created_at) VALUES ($1, $2, 'account', $3, $4, $5, $5, $6)`,
        [identityId, channel, peerId, customerId, more.lastInteractionAt ?? START, START],
      );
      await rows(
        `INSERT INTO conversations (id, identity_id, customer_id, state, waiting_since, created_at, updated_at) VALUES ($1, $2, $3, $4, CASE WHEN $4 = 'waiting_for_agent' THEN $5::timestamptz END, $5, $5)`,
        [conversationId, identityId, customerId, more.state ?? 'bot', clock.now()],
      );
      return { identityId, customerId, conversationId };
    },
    close: async () => {
      streams.close();
      await streams.stop();
      await app.close();
      await wait(0);
      await db.close();
      await rm(mediaDir, { recursive: true, force: true });
    },
  };
}
