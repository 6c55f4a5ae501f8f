// npm run db:reset: forgets everything of a development database and its sandbox, and begins anew.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { StartError } from '../src/errors.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { withDatabase } from './open-database.ts';
import { refuseRealDatabase, refuseRemoteDatabase, sandboxStatePath } from './refuse-real-database.ts';

const usage = { call: 'npm run db:reset [-- --yes-i-mean-it]', options: ['--yes-i-mean-it'] };

await withDatabase(
  usage,
  async ({ db, url }, { dataDir }) => {
    if (process.env.NODE_ENV !== 'development' && !process.argv.includes('--yes-i-mean-it')) {
      const cure = 'Say so: npm run db:reset -- --yes-i-mean-it (or set NODE_ENV=development).';
      throw new StartError(
        `Everything in ${new URL(url).pathname.slice(1)} on ${new URL(url).host} would be lost.`,
        cure,
      );
    }
    await refuseRealDatabase(db.pool, dataDir);
    await db.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const client = await db.pool.connect();
    try {
      await migrate(client, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
    } finally {
      client.release();
    }
    await rm(sandboxStatePath(dataDir), { force: true });
    console.log('The database is empty, and so is the sandbox. npm run db:seed fills both.');
  },
  refuseRemoteDatabase,
);
