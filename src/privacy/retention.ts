// Time takes what is no longer needed: class by class, in small batches, by the rules of the list.
import type pg from 'pg';
import { DAY_MS } from '../clock.ts';
import { countOldLines, deleteOldLines } from '../ledger/drop-months.ts';
import { personalData } from './personal-data.ts';
import type { RetentionPreview } from './privacy-schema.ts';
import {
  type Retention,
  type RetentionClass,
  type RetentionDays,
  retentionDays,
  retentionReasons,
  shortestDays,
} from './table-rule.ts';

const BATCH = 1_000;

/** The defaults with these changes; proof is never kept shorter than the law asks. Throws on names there are not. */
export function retentionWith(changes: Readonly<Record<string, number>>): RetentionDays {
  const unknown = Object.keys(changes).filter((name) => !Object.hasOwn(retentionDays, name));
  if (unknown.length > 0) throw new RangeError(`unknown classes: ${unknown.join(', ')}`);
  const days: Record<RetentionClass, number> = { ...retentionDays };
  for (const name of classes()) days[name] = Math.max(changes[name] ?? days[name], shortestDays[name] ?? 1);
  return days;
}

function classes(): RetentionClass[] {
  // Keys of an object literal are its type's names.
  return Object.keys(retentionDays).filter((name): name is RetentionClass => Object.hasOwn(retentionDays, name));
}

type Rule = { table: string; retention: Retention };

function rulesOf(name: RetentionClass): Rule[] {
  return Object.entries(personalData).flatMap(([table, { retention }]) =>
    retention?.class === name ? [{ table, retention }] : [],
  );
}

function tooOld({ retention }: Rule): string {
  const age = /[(.]/.test(retention.age) ? retention.age : `t.${retention.age}`;
  return `${age} < $1 AND ${retention.where === undefined ? 'true' : `(${retention.where})`}`;
}

/** What the next round would take, and why. */
export async function previewRetention(
  client: pg.ClientBase | pg.Pool,
  days: RetentionDays,
  now: Date,
): Promise<RetentionPreview> {
  const found: RetentionPreview['classes'] = [];
  for (const name of classes()) {
    const rows: Record<string, number> = {};
    for (const rule of rulesOf(name)) {
      const counted = await client.query<{ count: string }>(
        `SELECT count(*) FROM ${rule.table} t WHERE ${tooOld(rule)}`,
        [border(days[name], now)],
      );
      rows[rule.table] = Number(counted.rows[0]?.count ?? 0);
    }
    if (name === 'ledger_lines') rows.touchpoints = await countOldLines(client, border(days[name], now));
    found.push({ class: name, days: days[name], reason: retentionReasons[name], rows });
  }
  return { classes: found };
}

function border(days: number, now: Date): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

/** One portion of each class that has some; answers how many rows. Call again until it is 0. */
export async function applyRetention(pool: pg.Pool, days: RetentionDays, now: Date): Promise<number> {
  let count = 0;
  for (const name of classes()) {
    for (const rule of rulesOf(name)) {
      const { rowCount } = await pool.query(statementOf(rule), [border(days[name], now)]);
      count += rowCount ?? 0;
    }
  }
  return count + (await deleteOldLines(pool, border(days.ledger_lines, now)));
}

/** By physical place where no key is said: not every table has one column as its key. Whoever is being worked on waits for the next round. */
function statementOf(rule: Rule): string {
  const { table, retention } = rule;
  const key = `t.${retention.key ?? 'ctid'}`;
  const some = `SELECT ${key} FROM ${table} t WHERE ${tooOld(rule)} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
  // The age once more, since it tells which parts of a table need not be looked at.
  const these = `${key} = ANY(ARRAY(${some})) AND ${tooOld(rule)}`;
  return retention.do === 'delete'
    ? `DELETE FROM ${table} t WHERE ${these}`
    : `UPDATE ${table} t SET ${retention.do.set} WHERE ${these}`;
}
