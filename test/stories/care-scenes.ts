// What the stories over a year share: a business whose flows stand in a folder of its own, data as it comes in from CRM and
// billing, an operator's look at why something was said or not, and days that pass until an hour of the clock.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { importAnswer } from '../../src/imports/import-schema.ts';
import { enrolmentList } from '../../src/journeys/journey-schema.ts';
import { type MailServer, startMailServer } from '../mail-server.ts';
import { afterDoing, ledgerOf, must, type Somebody, shownBy } from './scenes.ts';
import { openStage, type Span, type Stage } from './stage.ts';

const SHIPPED = fileURLToPath(new URL('../../flows', import.meta.url));
const DAY = 86_400_000;

export type Change = { file: string; from: string | RegExp; to: string };
export type CareStage = Stage & {
  mail: MailServer;
  /** A marketer changes a file; it holds from the next moment on. */
  edit(...changes: Change[]): Promise<void>;
};

/** A stage on a copy of the flows that ship, with a mail server. */
export async function openCareStage(start: Date, ...changes: Change[]): Promise<CareStage> {
  const flowsDir = await mkdtemp(join(tmpdir(), 'ganbo-care-'));
  await cp(SHIPPED, flowsDir, { recursive: true });
  await editFiles(flowsDir, changes);
  const mail = await startMailServer();
  const env = { SMTP_URL: mail.url, MAIL_FROM: 'Gắn Bó <cskh@ganbo.example>' };
  const stage = await openStage({ start, flowsDir, env });
  const { close } = stage;
  // The stage's own getters stay alive: program and address change with an outage.
  return Object.assign(stage, {
    mail,
    edit: async (...more: Change[]) => {
      await editFiles(flowsDir, more);
      // Files that were published before are looked at again after a moment.
      await stage.pass({ seconds: 30 });
      expect(stage.program.library.problems()).toEqual([]);
    },
    close: async () => {
      await close();
      await mail.close();
      await rm(flowsDir, { recursive: true, force: true });
    },
  });
}

async function editFiles(flowsDir: string, changes: readonly Change[]): Promise<void> {
  for (const { file, from, to } of changes) {
    const path = join(flowsDir, file);
    const before = await readFile(path, 'utf8');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${file} holds no ${from}`);
    await writeFile(path, after);
  }
}

/** So many of a hundred are held out of an offer. */
export function holdOut(code: string, percent: number): Change {
  const from = new RegExp(`(code: ${code}\\n(?: {4}.*\\n)*? {4}hold_out: )\\d+`);
  return { file: 'catalogue/offers.yaml', from, to: `$1${percent}` };
}

type Cells = Record<string, string>;

/** A CSV file as somebody exports it from a CRM; every row must be taken. */
export async function importCsv(stage: Stage, kind: string, rows: readonly Cells[]): Promise<void> {
  const headings = Object.keys(rows[0] ?? {});
  const lines = [headings, ...rows.map((row) => headings.map((heading) => row[heading] ?? ''))];
  const csv = lines.map((line) => line.map((cell) => `"${cell}"`).join(',')).join('\n');
  const { status, body } = await stage.api('POST', `/api/v1/imports?kind=${kind}`, csv);
  expect(status, JSON.stringify(body)).toBe(200);
  await stage.settle();
  const done = importAnswer.parse(await must(stage, 'GET', `/api/v1/imports/${body.id}`));
  expect(done).toMatchObject({ status: 'done', rows: { wrong: 0, good: rows.length } });
}

/** Somebody who wrote to the business before they bought. */
export async function writer(stage: Stage, channel: Somebody['channel'], name: string): Promise<Somebody> {
  const { id } = stage.sandbox.createPerson({ channel, name });
  if (channel === 'zalo') stage.sandbox.follow(id);
  else stage.sandbox.write(id, 'Chào shop');
  await stage.settle();
  return { id, channel };
}

export async function subscribe(stage: Stage, fields: Record<string, unknown>): Promise<void> {
  const { errors, results } = await must(stage, 'POST', '/api/v1/subscriptions/batch', [fields]);
  expect(errors, JSON.stringify(results)).toBe(0);
}

/** Billing reports: metric → value, as of now. */
export async function reportUsage(stage: Stage, customer: string, values: Record<string, number>): Promise<void> {
  const at = stage.clock.now().toISOString();
  const items = Object.entries(values).map(([metric, value]) => ({
    ...{ customer, metric, value, at },
    idempotencyKey: `${customer} ${metric} ${at}`,
  }));
  expect(await must(stage, 'POST', '/api/v1/usage', items)).toMatchObject({ accepted: items.length });
}

/** Lets time pass until this day (counted from `start`) at this time of the clock in Vietnam. */
export async function until(stage: Stage, start: Date, day: number, time: string): Promise<void> {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const midnight = Math.floor((start.getTime() + 7 * 3_600_000) / DAY) * DAY - 7 * 3_600_000;
  const target = midnight + day * DAY + (hours * 60 + minutes) * 60_000;
  const span = target - stage.clock.now().getTime();
  if (span < 0) throw new Error(`Day ${day} at ${time} is over: ${stage.clock.now().toISOString()}`);
  await stage.pass({ seconds: span / 1_000 } satisfies Span);
}

/** What the person sees while something happens: the texts of new bubbles, one below the other. */
export async function heard(stage: Stage, person: Somebody, act: () => unknown): Promise<string> {
  return (await afterDoing(stage, person, act)).map(({ text }) => text).join('\n');
}

export const lastText = (stage: Stage, person: Somebody) => shownBy(stage, person).at(-1)?.text ?? '';

/** As an operator reads it: each step of a journey that was decided, and why not where not. */
export async function stepsOf(stage: Stage, customer: string, journey: string): Promise<string[]> {
  const { items } = enrolmentList.parse(await must(stage, 'GET', `/api/v1/customers/${customer}/enrolments`));
  const own = items.filter((item) => item.journey === journey).toReversed();
  return own.flatMap(({ steps }) =>
    steps.map(({ step, occurrence, status, reason }) =>
      [occurrence > 0 ? `${step}#${occurrence}` : step, status, reason].filter((part) => part !== null).join(' '),
    ),
  );
}

/** Reasons in the ledger why messages were not said, oldest first. */
export async function notSaid(stage: Stage, customer: string): Promise<string[]> {
  return (await ledgerOf(stage, customer, 'message_skipped')).map(({ reason }) => reason ?? '');
}

export async function rowsOf(stage: Stage, customer: string, columns: string, table: string, order: string) {
  const sql = `SELECT ${columns} FROM ${table} JOIN customers c ON c.id = t.customer_id WHERE c.external_id = $1 ORDER BY ${order}`;
  return (await stage.db.pool.query<Record<string, unknown>>(sql, [customer])).rows;
}
