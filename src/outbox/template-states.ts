// Where approved templates stand with their providers, as last told: it wins over what the catalogue's file says.
import type pg from 'pg';
import type { InboundEvent } from '../channels/inbound-event-schema.ts';
import type { Database } from '../database.ts';
import type { TemplateRegistry } from '../flows/approved-template.ts';

// An older word never overrules a newer one. Without an approval (only the quality changed) the approval stays.
const APPLY = `
INSERT INTO template_states (template, approval, reason, quality, changed_at)
SELECT template, coalesce(approval, before), reason, quality, at
FROM json_to_recordset($1::json) AS t(template text, approval text, before text, reason text, quality text, at timestamptz)
ON CONFLICT (template) DO UPDATE SET
  approval = CASE WHEN $2 THEN excluded.approval ELSE template_states.approval END,
  reason = CASE WHEN $2 THEN excluded.reason ELSE template_states.reason END,
  quality = coalesce(excluded.quality, template_states.quality), changed_at = excluded.changed_at
WHERE template_states.changed_at <= excluded.changed_at`;

/** Keeps what webhooks said; under our own names, or under the provider's id while the catalogue has no such template. */
export async function applyTemplateNews(
  db: Pick<Database, 'pool' | 'durably'>,
  registry: TemplateRegistry,
  events: readonly InboundEvent[],
): Promise<void> {
  for (const { body, channel, occurredAt } of events) {
    const told = body.kind === 'account' ? body.template : undefined;
    if (told === undefined) continue;
    const named = [...registry.values()].filter((one) => one.channel === channel && one.providerId === told.providerId);
    const ours = named.filter(({ language }) => isIn(told.language, language));
    if (named.length > 0 && ours.length === 0) continue;
    const names = ours.length > 0 ? ours : [{ id: told.providerId, approval: 'pending' }];
    const rows = names.map(({ id, approval }) => ({
      template: id,
      approval: told.approval,
      before: approval,
      reason: told.reason,
      quality: told.quality,
      at: occurredAt,
    }));
    const values = [JSON.stringify(rows), told.approval !== undefined];
    await db.durably('keep-template-news', () => db.pool.query(APPLY, values));
  }
}

/** "vi" is "vi_VN" as well; where no language is named, all are meant. */
function isIn(told: string | undefined, ours: string): boolean {
  const baseOf = (language: string) => language.toLowerCase().split(/[_-]/)[0];
  return told === undefined || baseOf(told) === baseOf(ours);
}

/** Template or provider's id → approval, of those that a provider spoke of. */
export async function readApprovals(client: pg.ClientBase | pg.Pool): Promise<Map<string, string>> {
  const { rows } = await client.query<{ template: string; approval: string }>({
    name: 'template-approvals',
    text: 'SELECT template, approval FROM template_states',
  });
  return new Map(rows.map((row) => [row.template, row.approval]));
}
