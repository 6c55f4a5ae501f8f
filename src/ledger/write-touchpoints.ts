// The one writer of the ledger. Always in the transaction of the thing it tells about.
import type pg from 'pg';
import { columnArrays, namesOf, type RowOf, unnest } from '../batch-rows.ts';
import type { Touchpoint } from './touchpoint.ts';

/** What a line of the ledger fills, for statements that insert lines among other things. */
export const touchpointColumns = {
  at: 'timestamptz',
  kind: 'text',
  customer_id: 'uuid',
  conversation_id: 'uuid',
  channel: 'text',
  text: 'text',
  reason: 'text',
  flow: 'text',
  flow_version_id: 'uuid',
  step: 'text',
  inbound_event_id: 'uuid',
  outbound_message_id: 'uuid',
  cost_amount: 'int4',
  data: 'jsonb',
} as const;

/** Inserts what `from` (an `unnest` of `touchpointColumns`) gives, in its order. */
export function insertTouchpoints(from: string): string {
  return `INSERT INTO touchpoints (${namesOf(touchpointColumns)}) SELECT ${namesOf(touchpointColumns)} FROM ${from}`;
}

export function touchpointRow(touchpoint: Touchpoint): RowOf<typeof touchpointColumns> {
  return {
    at: touchpoint.at,
    kind: touchpoint.kind,
    customer_id: touchpoint.customerId,
    conversation_id: touchpoint.conversationId,
    channel: touchpoint.channel,
    text: touchpoint.text,
    reason: touchpoint.reason,
    flow: touchpoint.flow,
    flow_version_id: touchpoint.flowVersionId,
    step: touchpoint.step,
    inbound_event_id: touchpoint.inboundEventId,
    outbound_message_id: touchpoint.outboundMessageId,
    cost_amount: touchpoint.costAmount,
    data: touchpoint.data,
  };
}

const WRITE = insertTouchpoints(unnest(touchpointColumns, 1));

export async function writeTouchpoints(
  client: pg.ClientBase | pg.Pool,
  touchpoints: readonly Touchpoint[],
): Promise<void> {
  if (touchpoints.length === 0) return;
  const values = columnArrays(touchpointColumns, touchpoints.map(touchpointRow));
  await client.query({ name: 'write-touchpoints', text: WRITE, values });
}
