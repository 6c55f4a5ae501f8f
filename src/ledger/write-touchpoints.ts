// The one writer of the ledger. Always in the transaction of the thing it tells about.
import type pg from 'pg';
import type { Touchpoint } from './touchpoint.ts';

/** The columns that `touchpointRows` fills, for statements that insert ledger rows among others. */
export const touchpointColumns =
  'at, kind, customer_id, conversation_id, channel, text, reason, flow, flow_version_id, step, inbound_event_id, outbound_message_id, cost_amount, data';

/** How `json_to_recordset` reads what `touchpointRows` gives. */
export const touchpointRecord =
  't(at timestamptz, kind text, customer_id uuid, conversation_id uuid, channel text, text text, reason text, flow text, flow_version_id uuid, step text, inbound_event_id uuid, outbound_message_id uuid, cost_amount int, data jsonb)';

/** One parameter for a whole batch: a JSON array of rows. */
export function touchpointRows(touchpoints: readonly Touchpoint[]): string {
  return JSON.stringify(
    touchpoints.map((touchpoint) => ({
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
    })),
  );
}

export async function writeTouchpoints(
  client: pg.ClientBase | pg.Pool,
  touchpoints: readonly Touchpoint[],
): Promise<void> {
  if (touchpoints.length === 0) return;
  await client.query({
    name: 'write-touchpoints',
    text: `INSERT INTO touchpoints (${touchpointColumns})
           SELECT ${touchpointColumns} FROM json_to_recordset($1::json) AS ${touchpointRecord}`,
    values: [touchpointRows(touchpoints)],
  });
}
