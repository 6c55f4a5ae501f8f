// Whoever updates the program in the middle of a renewal is not offered it twice.

import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.ts';

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const OLD = ['20261121000000_first_records', '20261122000000_care_over_weeks'];
const NEW = '20261122010000_enrolments_of_journeys';
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

test('what was begun by dates is a step that was started; what was only planned is planned anew', async () => {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query('CREATE DATABASE ganbo_old_enrolments');
  await admin.end();
  const folder = await mkdtemp(join(tmpdir(), 'ganbo-migrations-'));
  for (const name of OLD) await cp(join(MIGRATIONS, name), join(folder, name), { recursive: true });
  const client = new pg.Client({
    connectionString: inject('postgresUrl').replace(/\/[^/]+$/, '/ganbo_old_enrolments'),
  });
  await client.connect();
  await migrate(client, folder);
  await client.query(`INSERT INTO customers (id, created_at, updated_at) VALUES ($1, now(), now())`, [id(1)]);
  await client.query(
    `INSERT INTO subscriptions (id, external_id, customer_id, product, status, started_at, expires_at, created_at, updated_at)
     VALUES ($1, 's', $2, 'spa', 'active', '2026-01-01', '2026-12-01', now(), now())`,
    [id(2), id(1)],
  );
  const insert = (n: number, flow: string, anchor: string, status: string) =>
    client.query(
      `INSERT INTO enrolments (id, flow, entry, customer_id, subscription_id, anchor_at, due_at, status, started_at)
       VALUES ($1, $2, 'date_1', $3, $4, $5, '2026-11-24', $6, '2026-11-24')`,
      [id(n), flow, id(1), id(2), anchor, status],
    );
  await insert(3, 'renewal-offer', '2026-12-01', 'started');
  await insert(4, 'renewal-offer', '2025-12-01', 'started');
  await insert(5, 'satisfaction-survey', '2026-01-01', 'due');
  await insert(6, 'renewal-offer', '2027-12-01', 'planned');
  await client.query(await readFile(join(MIGRATIONS, NEW, 'migration.sql'), 'utf8'));
  const enrolments = await client.query('SELECT id, journey, subject_id, status FROM enrolments ORDER BY id');
  expect(enrolments.rows).toEqual([
    { id: id(3), journey: 'renewal', subject_id: id(2), status: 'active' },
    { id: id(4), journey: 'renewal', subject_id: id(2), status: 'finished' },
    { id: id(5), journey: 'experience-survey', subject_id: id(2), status: 'active' },
  ]);
  const steps = await client.query('SELECT id, step, status FROM enrolment_steps ORDER BY id');
  expect(steps.rows).toEqual([
    { id: id(3), step: 'truoc_7_ngay', status: 'started' },
    { id: id(4), step: 'truoc_7_ngay', status: 'started' },
    { id: id(5), step: 'khao_sat', status: 'due' },
  ]);
  await client.end();
  await rm(folder, { recursive: true, force: true });
});
