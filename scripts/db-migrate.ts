// npm run db:migrate: brings the database of the settings (the embedded one, or DATABASE_URL) to this version, without
// starting the program. The program does the same at every start; this is for deployments that migrate first.
import { withDatabase } from './open-database.ts';

await withDatabase({ call: 'npm run db:migrate' }, async ({ db }) => {
  const { rows } = await db.pool.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name',
  );
  console.log(`The database is at ${rows.at(-1)?.migration_name ?? 'nothing'} (${rows.length} migrations).`);
});
