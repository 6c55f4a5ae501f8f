// Prometheus text. Counts of rows are read from the database at the moment of asking, so every process says the same.

import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { outboundStatuses } from '../outbox/outbound-message.ts';

export type Metrics = {
  countWebhook(channel: string, outcome: string): void;
  text(): Promise<string>;
  contentType: string;
};

type CountRow = { name: string; n: number };

export function createMetrics(pool: pg.Pool): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const webhooks = new Counter({
    name: 'ganbo_webhooks_total',
    help: 'Webhook requests of this process by channel and outcome.',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  });
  gauge(registry, 'ganbo_outbound_messages', 'Messages in the outbox by status.', outboundStatuses, async () => {
    const { rows } = await pool.query<CountRow>(
      'SELECT status AS name, count(*)::int AS n FROM outbound_messages GROUP BY status',
    );
    return rows;
  });
  gauge(
    registry,
    'ganbo_inbound_queue',
    'Accepted events still to be worked, or parked.',
    ['waiting', 'parked'],
    async () => {
      const { rows } = await pool.query<CountRow>(
        `SELECT CASE WHEN parked_at IS NULL THEN 'waiting' ELSE 'parked' END AS name, count(*)::int AS n FROM inbound_queue GROUP BY 1`,
      );
      return rows;
    },
  );
  gauge(
    registry,
    'ganbo_conversations',
    'Conversations by state.',
    ['bot', 'waiting_for_agent', 'with_agent', 'resolved'],
    async () => {
      const { rows } = await pool.query<CountRow>(
        'SELECT state AS name, count(*)::int AS n FROM conversations GROUP BY state',
      );
      return rows;
    },
  );
  return {
    countWebhook: (channel, outcome) => webhooks.inc({ channel, outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** A gauge with one label, `status`; every name is shown, also those that count nothing. */
function gauge(
  registry: Registry,
  name: string,
  help: string,
  names: readonly string[],
  read: () => Promise<CountRow[]>,
): void {
  new Gauge({
    name,
    help,
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      const rows = await read();
      for (const status of names) this.set({ status }, rows.find((row) => row.name === status)?.n ?? 0);
    },
  });
}
