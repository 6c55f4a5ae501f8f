// No object is read or written by somebody who may not see it: what an address or a request names is looked up before the
// route does anything. To whoever may not see it, it is not there: the same 404 as for one that never was.
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { z } from 'zod';
import { unknownCase } from '../cases/change-cases.ts';
import { unknownTask } from '../cases/change-tasks.ts';
import { unknownCustomer } from '../customers/routes.ts';
import { unknownSubscription } from '../customers/subscription-routes.ts';
import { HttpError } from '../errors.ts';
import { collectValues, seesConversation, seesCustomer, seesTeam, type Viewer, viewerOf } from '../http/may-see.ts';
import { unknownCannedReply } from '../inbox/canned-replies.ts';
import { unknownConversation } from '../inbox/lock-conversation.ts';

type Value = (given: unknown) => string;
type Kind = {
  /** A statement that answers one row `seen` when there is such an object; $1 is its id. */
  look: (viewer: Viewer, value: Value) => string;
  unknown: (id: string) => HttpError;
};

const ofCustomer = (from: string, key: string, customer: string) => (viewer: Viewer, value: Value) =>
  `SELECT ${seesCustomer(customer, viewer, value)} AS seen FROM ${from} x WHERE x.${key}`;

const kinds = {
  conversation: {
    look: (viewer, value) =>
      `SELECT ${seesConversation('x', viewer, value)} AS seen FROM conversations x WHERE x.id = $1::uuid`,
    unknown: unknownConversation,
  },
  customer: { look: ofCustomer('customers', 'external_id = $1', 'x.id'), unknown: unknownCustomer },
  customerId: { look: ofCustomer('customers', 'id = $1::uuid', 'x.id'), unknown: unknownCustomer },
  subscription: {
    look: ofCustomer('subscriptions', 'external_id = $1', 'x.customer_id'),
    unknown: unknownSubscription,
  },
  case: { look: ofCustomer('cases', 'id = $1::uuid', 'x.customer_id'), unknown: unknownCase },
  task: { look: ofCustomer('tasks', 'id = $1::uuid', 'x.customer_id'), unknown: unknownTask },
  canned: {
    look: (viewer, value) =>
      `SELECT ${seesTeam('x.team_id', viewer, value)} AS seen FROM canned_replies x WHERE x.id = $1::uuid`,
    unknown: unknownCannedReply,
  },
} as const satisfies Record<string, Kind>;

/** What the first parameter of an address names, by how the address begins. A route that is missing here is shut. */
const objects: readonly [beginning: string, kind: keyof typeof kinds | 'of nobody'][] = [
  ['/conversations/:id', 'conversation'],
  ['/inbox/conversations/:id', 'conversation'],
  ['/customers/by-id/:id', 'customerId'],
  ['/customers/:externalId', 'customer'],
  ['/subscriptions/:externalId', 'subscription'],
  ['/cases/:id', 'case'],
  ['/tasks/:id', 'task'],
  ['/canned-replies/:id', 'canned'],
  // Lists of these show each only what they may see; the rest names no customer.
  ['/offers/:code', 'of nobody'],
  ['/settings/:name', 'of nobody'],
  ['/me/', 'of nobody'],
  ['/links/:token', 'of nobody'],
];

/** What requests may name beside their address. */
const named = { customer: 'customer', customerId: 'customerId', conversationId: 'conversation' } as const;
const namedSchema = z
  .object({ customer: z.string().optional(), customerId: z.string().optional(), conversationId: z.string().optional() })
  .catch({});

type Asked = Pick<FastifyRequest, 'staff' | 'params' | 'query' | 'body' | 'routeOptions'>;

/** A `preHandler` hook. Throws what the route itself throws for an object that is not there. */
export function createTeamCheck({ db }: { db: { pool: pg.Pool } }): (request: Asked) => Promise<void> {
  return async (request) => {
    const viewer = viewerOf(request);
    if (!viewer.isLimited) return;
    const isSeen = (one: Named) => look(db.pool, one, viewer);
    const inAddress = objectOf(request);
    if (inAddress && !(await isSeen(inAddress))) throw kinds[inAddress.kind].unknown(inAddress.id);
    for (const one of namesIn(request.query)) if (!(await isSeen(one))) throw kinds[one.kind].unknown(one.id);
    for (const one of namesIn(request.body)) {
      if (await isSeen(one)) continue;
      const { code, message } = kinds[one.kind].unknown(one.id);
      throw new HttpError(422, code, message);
    }
  };
}

type Named = { kind: keyof typeof kinds; id: string };

function objectOf({ routeOptions, params }: Asked): Named | null {
  const url = (routeOptions.url ?? '').replace('/api/v1', '');
  const [id] = Object.values(z.record(z.string(), z.unknown()).catch({}).parse(params));
  if (!url.includes(':')) return null;
  const [, kind] =
    objects.find(([beginning]) => `${url}/`.startsWith(beginning.endsWith('/') ? beginning : `${beginning}/`)) ?? [];
  if (kind === undefined || typeof id !== 'string')
    throw new HttpError(404, 'not_found', 'There is nothing here for you.');
  return kind === 'of nobody' ? null : { kind, id };
}

function namesIn(where: unknown): Named[] {
  const given = namedSchema.parse(where ?? {});
  return (['customer', 'customerId', 'conversationId'] as const).flatMap((name) => {
    const id = given[name];
    return id === undefined ? [] : [{ kind: named[name], id }];
  });
}

const UUID = z.uuid();

/** What is not there is not seen either. */
async function look(pool: pg.Pool, { kind, id }: Named, viewer: Viewer): Promise<boolean> {
  const isText = kind === 'customer' || kind === 'subscription';
  if (!isText && !UUID.safeParse(id).success) return false;
  const { values, value } = collectValues([id]);
  const { rows } = await pool.query<{ seen: boolean }>(kinds[kind].look(viewer, value), values);
  return rows[0]?.seen === true;
}
