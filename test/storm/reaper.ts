// Death on order: lends a database that counts the commits that change something and ends its borrower at chosen ones,
// just before the commit (nothing was kept) or just after it (all was kept, and nobody was told). The dead get no
// further answer; who comes next borrows anew.
import type pg from 'pg';
import type { Database } from '../../src/database.ts';

export type Moment = 'before' | 'after';
/** Whether to die at the n-th changing commit, from 1; null = live on. */
export type Fate = (commit: number) => Moment | null;

const CHANGES = /\b(INSERT INTO|UPDATE|DELETE FROM)\b/;

export type Reaper = ReturnType<typeof createReaper>;

export function createReaper(fate: Fate) {
  const seen = { lives: 0, commits: 0, kills: 0, isArmed: false };
  let dead = 0;
  let onDeath = Promise.withResolvers<void>();
  const die = (life: number): never => {
    dead = life;
    seen.kills += 1;
    onDeath.resolve();
    throw new Error('killed');
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
          if (seen.isArmed && (await hasChanged(client))) {
            live();
            seen.commits += 1;
            moment = fate(seen.commits);
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

/** A statement of its own is a transaction as well. */
function watchPool(pool: pg.Pool, live: () => void, transaction: Database['transaction']): pg.Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
      return async (...args: Parameters<pg.PoolClient['query']>) => {
        live();
        const isPlain = !CHANGES.test(JSON.stringify(args[0]));
        if (isPlain) return await Reflect.apply(target.query, target, args);
        return await transaction('answer-once', async (client) => await Reflect.apply(client.query, client, args));
      };
    },
  });
}

async function hasChanged(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ id: string | null }>('SELECT pg_current_xact_id_if_assigned()::text AS id');
  return rows[0]?.id !== null;
}
