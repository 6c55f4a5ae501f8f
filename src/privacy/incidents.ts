// Incidents as rows with the law's clock: it starts when the incident is found and stops when the authority was told.
import type pg from 'pg';
import { HOUR_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { readMoment } from '../http/read-moment.ts';
import { usedUp } from './deadlines.ts';
import { countAffected, storeScope } from './find-affected.ts';
import {
  type IncidentAnswer,
  type IncidentChanges,
  type IncidentFields,
  type StoredScope,
  storedScope,
} from './incident-schema.ts';
import { type RequestDeps, warningLevels } from './requests.ts';

export type IncidentDeps = Pick<RequestDeps, 'clock' | 'newId' | 'deadlines'> & { timeZone: string };

type Row = {
  id: string;
  discovered_at: Date;
  happened_at: Date | null;
  description: string;
  data_kinds: string;
  consequences: string;
  measures: string;
  contact: string;
  scope: unknown;
  customer_count: number | null;
  notify_due_at: Date;
  notified_at: Date | null;
  closed_at: Date | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
};

const INSERT = `
INSERT INTO incidents (id, discovered_at, happened_at, description, data_kinds, consequences, measures, contact, scope,
  customer_count, notify_due_at, created_by, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)`;

/** Answers its id. Throws unknown_customer, discovered_in_future. */
export async function openIncident(
  deps: IncidentDeps,
  client: pg.ClientBase,
  fields: IncidentFields,
  actor: string,
): Promise<string> {
  const id = deps.newId();
  const now = deps.clock.now();
  const discoveredAt = fields.discoveredAt === undefined ? now : readPast(deps, fields.discoveredAt, 'discoveredAt');
  const scope = await storeScope(client, fields.scope ?? {}, deps.timeZone);
  await client.query(INSERT, [
    id,
    discoveredAt,
    fields.happenedAt ? readMoment(fields.happenedAt, deps.timeZone) : null,
    fields.description,
    fields.dataKinds ?? '',
    fields.consequences ?? '',
    fields.measures ?? '',
    fields.contact ?? '',
    JSON.stringify(scope),
    await countAffected(client, scope),
    dueAt(deps, discoveredAt),
    actor,
    now,
  ]);
  return id;
}

function dueAt({ deadlines }: IncidentDeps, discoveredAt: Date): Date {
  return new Date(discoveredAt.getTime() + deadlines.breach.actHours * HOUR_MS);
}

/** What was already done or found lies in the past. */
function readPast({ clock, timeZone }: IncidentDeps, text: string, field: string): Date {
  const at = readMoment(text, timeZone);
  if (at <= clock.now()) return at;
  throw new HttpError(422, 'moment_in_future', `${field} lies in the future; say when it happened.`, { field });
}

/** Throws unknown_incident, incident_closed, unknown_customer, moment_in_future. */
export async function changeIncident(
  deps: IncidentDeps,
  client: pg.ClientBase,
  id: string,
  changes: IncidentChanges,
): Promise<void> {
  const { rows } = await client.query<Row>('SELECT * FROM incidents WHERE id = $1 FOR UPDATE', [id]);
  const [row] = rows;
  if (!row) throw unknownIncident(id);
  if (row.closed_at) throw new HttpError(409, 'incident_closed', `The incident "${id}" is closed; open a new one.`);
  const columns = await columnsOf(deps, client, changes);
  const names = Object.keys(columns);
  const sets = names.map((name, n) => `${name} = $${n + 3}`);
  await client.query(`UPDATE incidents SET updated_at = $2, ${sets.join(', ')} WHERE id = $1`, [
    id,
    deps.clock.now(),
    ...Object.values(columns),
  ]);
}

async function columnsOf(
  deps: IncidentDeps,
  client: pg.ClientBase,
  changes: IncidentChanges,
): Promise<Record<string, unknown>> {
  const { description, dataKinds, consequences, measures, contact, happenedAt, scope } = changes;
  const past = (field: 'discoveredAt' | 'notifiedAt' | 'closedAt') => {
    const text = changes[field];
    return text === undefined ? undefined : readPast(deps, text, field);
  };
  const discoveredAt = past('discoveredAt');
  const kept = scope && (await storeScope(client, scope, deps.timeZone));
  const columns = {
    description,
    data_kinds: dataKinds,
    consequences,
    measures,
    contact,
    happened_at: typeof happenedAt === 'string' ? readMoment(happenedAt, deps.timeZone) : happenedAt,
    discovered_at: discoveredAt,
    notify_due_at: discoveredAt && dueAt(deps, discoveredAt),
    notified_at: past('notifiedAt'),
    closed_at: past('closedAt'),
    scope: kept && JSON.stringify(kept),
    customer_count: kept && (await countAffected(client, kept)),
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function unknownIncident(id: string): HttpError {
  return new HttpError(404, 'unknown_incident', `There is no incident "${id}".`);
}

/** Those that still must be told first, then the newest. */
export async function readIncidents(deps: IncidentDeps, client: pg.ClientBase | pg.Pool): Promise<IncidentAnswer[]> {
  const { rows } = await client.query<Row>(
    `SELECT * FROM incidents ORDER BY (notified_at IS NULL AND closed_at IS NULL) DESC, discovered_at DESC, id LIMIT 1000`,
  );
  return rows.map((row) => answerOf(deps, row));
}

/** Throws unknown_incident. */
export async function readIncident(
  deps: IncidentDeps,
  client: pg.ClientBase | pg.Pool,
  id: string,
): Promise<{ incident: IncidentAnswer; scope: StoredScope }> {
  const { rows } = await client.query<Row>('SELECT * FROM incidents WHERE id = $1', [id]);
  const [row] = rows;
  if (!row) throw unknownIncident(id);
  return { incident: answerOf(deps, row), scope: storedScope.parse(row.scope) };
}

function answerOf({ clock, deadlines }: IncidentDeps, row: Row): IncidentAnswer {
  const now = clock.now();
  const isOpen = row.notified_at === null && row.closed_at === null;
  const used = usedUp(row.discovered_at, row.notify_due_at, now);
  const scope = storedScope.parse(row.scope);
  return {
    id: row.id,
    description: row.description,
    dataKinds: row.data_kinds,
    consequences: row.consequences,
    measures: row.measures,
    contact: row.contact,
    discoveredAt: row.discovered_at.toISOString(),
    happenedAt: row.happened_at?.toISOString() ?? null,
    scope: {
      channel: scope.channel ?? null,
      from: scope.from?.toISOString() ?? null,
      to: scope.to?.toISOString() ?? null,
      customers: scope.customerIds?.length ?? null,
    },
    customerCount: row.customer_count,
    notifyDueAt: row.notify_due_at.toISOString(),
    hoursLeft: Math.round(((row.notify_due_at.getTime() - now.getTime()) / HOUR_MS) * 10) / 10,
    warning: isOpen ? (warningLevels.find((level) => used >= level) ?? null) : null,
    isLate: isOpen && used > 1,
    law: deadlines.breach.law,
    notifiedAt: row.notified_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
