// Prometheus text. Counts of rows are read from the database at the moment of asking, so every process says the same.
// What writes the text is loaded when it is first asked for: most who try the program never do.
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { outboundStatuses } from '../outbox/outbound-message.ts';

export type Metrics = {
  countWebhook(channel: string, outcome: string): void;
  show(): Promise<{ text: string; contentType: string }>;
};

type CountRow = { name: string; n: number };
type Counts = Map<string, { channel: string; outcome: string; n: number }>;

export function createMetrics(pool: pg.Pool): Metrics {
  const counts: Counts = new Map();
  let registry: Promise<Registry> | undefined;
  return {
    countWebhook: (channel, outcome) => {
      const key = `${channel} ${outcome}`;
      counts.set(key, { channel, outcome, n: (counts.get(key)?.n ?? 0) + 1 });
    },
    show: async () => {
      registry ??= openRegistry(pool, counts);
      const opened = await registry;
      return { text: await opened.metrics(), contentType: opened.contentType };
    },
  };
}

const ROWS: { name: string; help: string; names: readonly string[]; sql: string }[] = [
  {
    name: 'ganbo_outbound_messages',
    help: 'Messages in the outbox by status.',
    names: outboundStatuses,
    sql: 'SELECT status AS name, count(*)::int AS n FROM outbound_messages GROUP BY status',
  },
  {
    name: 'ganbo_inbound_queue',
    help: 'Accepted events still to be worked, or parked.',
    names: ['waiting', 'parked'],
    sql: `SELECT CASE WHEN parked_at IS NULL THEN 'waiting' ELSE 'parked' END AS name, count(*)::int AS n FROM inbound_queue GROUP BY 1`,
  },
  {
    name: 'ganbo_failed_plans',
    help: 'Customers whose journeys cannot be followed; each is tried again, at last once a day. The log says why.',
    names: ['waiting'],
    sql: `SELECT 'waiting' AS name, count(*)::int AS n FROM failed_plans`,
  },
  {
    name: 'ganbo_conversations',
    help: 'Conversations by state.',
    names: ['bot', 'waiting_for_agent', 'with_agent', 'resolved'],
    sql: 'SELECT state AS name, count(*)::int AS n FROM conversations GROUP BY state',
  },
  {
    name: 'ganbo_people',
    help: 'Distinct people whose data is kept: the law asks more of those who keep 100,000.',
    names: ['kept'],
    sql: `SELECT 'kept' AS name, count(*)::int AS n FROM customers WHERE NOT 'erased' = ANY(tags)`,
  },
];

async function openRegistry(pool: pg.Pool, counts: Counts): Promise<Registry> {
  const { Counter, collectDefaultMetrics, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Counter({
    name: 'ganbo_webhooks_total',
    help: 'Webhook requests of this process by channel and outcome.',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { channel, outcome, n } of counts.values()) this.inc({ channel, outcome }, n);
    },
  });
  for (const { name, help, names, sql } of ROWS) {
    new Gauge({
      name,
      help,
      labelNames: ['status'],
      registers: [registry],
      async collect() {
        const { rows } = await pool.query<CountRow>(sql);
        // Every name is shown, also those that count nothing.
        for (const status of names) this.set({ status }, rows.find((row) => row.name === status)?.n ?? 0);
      },
    });
  }
  return registry;
}
