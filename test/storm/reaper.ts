// Death on order: lends a database that counts what becomes durable, by the name of its boundary, and ends its borrower at
// chosen ones, just before (nothing was kept) or just after (all was kept, and nobody was told). The dead get no further
// answer; who comes next borrows anew.
import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { Database } from '../../src/database.ts';
import type { DurableBoundary } from '../../src/durable-boundaries.ts';

export type Moment = 'before' | 'after';
/** Whether to die at the n-th thing that becomes durable, from 1, which is of this boundary; null = live on. */
export type Fate = (commit: number, boundary: DurableBoundary) => Moment | null;

/** What becomes durable somewhere else than in the database: at a provider, at an integrator's, on the disk. */
const ELSEWHERE = new Set<DurableBoundary>([
  'send-message',
  'request-token',
  'spool-token',
  'post-webhook',
  'store-media',
]);
const CHANGES = /\b(INSERT INTO|UPDATE|DELETE FROM)\b/;

export type Reaper = ReturnType<typeof createReaper>;

export function createReaper(fate: Fate) {
  const seen = { lives: 0, commits: 0, kills: 0, isArmed: false, boundaries: new Map<DurableBoundary, number>() };
  let dead = 0;
  let onDeath = Promise.withResolvers<void>();
  const die = (life: number): never => {
    // Somebody else may have ended this life in the meantime: nobody dies twice, and not in another's place.
    if (life === seen.lives && life > dead) {
      dead = life;
      seen.kills += 1;
      onDeath.resolve();
    }
    throw new Error('killed');
  };
  /** Counts one more, and says whether it is the last. */
  const decide = (boundary: DurableBoundary): Moment | null => {
    if (!seen.isArmed) return null;
    seen.commits += 1;
    seen.boundaries.set(boundary, (seen.boundaries.get(boundary) ?? 0) + 1);
    return fate(seen.commits, boundary);
  };
  const lend = (db: Database): Database => {
    seen.lives += 1;
    const life = seen.lives;
    const live = () => {
      if (life <= dead || life !== seen.lives) throw new Error('killed');
    };
    const guarded =
      (through: Database['transaction']): Database['transaction'] =>
      async (boundary, work) => {
        live();
        let moment: Moment | null = null;
        const result = await through(boundary, async (client) => {
          const done = await work(client);
          live();
          if (await hasChanged(client)) {
            live();
            moment = decide(boundary);
            if (moment === 'before') die(life);
          }
          return done;
        });
        // What is decided in the transaction is not seen by the compiler.
        if ((moment satisfies null | Moment) !== null) die(life);
        return result;
      };
    const transaction = guarded(db.transaction);
    return {
      ...db,
      pool: watchPool(db.pool, live, transaction),
      transaction,
      queueTransaction: guarded(db.queueTransaction),
      durably: async (boundary, work) => {
        live();
        // What is kept in the database is counted there, by its own statements.
        if (!ELSEWHERE.has(boundary)) return await within.run(boundary, work);
        const moment = decide(boundary);
        if (moment === 'before') die(life);
        const result = await work();
        if (moment === 'after') die(life);
        // Whoever died meanwhile does not hear the answer.
        live();
        return result;
      },
    };
  };
  return {
    lend,
    seen,
    arm: () => {
      seen.isArmed = true;
    },
    get isDead() {
      return dead === seen.lives;
    },
    /** Resolves when the one who lives now dies. */
    get death() {
      return onDeath.promise;
    },
    /** To be called before the next life begins. */
    mourn: () => {
      onDeath = Promise.withResolvers<void>();
    },
  };
}

/** The boundary that a statement of its own stands in. */
const within = new AsyncLocalStorage<DurableBoundary>();

/** A statement of its own is a transaction as well; one that writes without a name is a mistake. */
function watchPool(pool: pg.Pool, live: () => void, transaction: Database['transaction']): pg.Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
      return async (...args: Parameters<pg.PoolClient['query']>) => {
        live();
        const isPlain = !CHANGES.test(JSON.stringify(args[0]));
        if (isPlain) return await Reflect.apply(target.query, target, args);
        const boundary = within.getStore();
        if (boundary === undefined) throw new Error(`Written outside every boundary: ${JSON.stringify(args[0])}`);
        return await transaction(boundary, async (client) => await Reflect.apply(client.query, client, args));
      };
    },
  });
}

async function hasChanged(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ id: string | null }>('SELECT pg_current_xact_id_if_assigned()::text AS id');
  return rows[0]?.id !== null;
}
