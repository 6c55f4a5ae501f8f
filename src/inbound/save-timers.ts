// Delays that begin and end in a batch of turns.
import type { RowOf } from '../batch-rows.ts';
import type { NewId } from '../ids.ts';
import type { Outcome } from './outcome.ts';
import { type SavePart, savePart } from './save-parts.ts';

const columns = {
  id: 'uuid',
  conversation_id: 'uuid',
  identity_id: 'uuid',
  run_id: 'uuid',
  key: 'text',
  due_at: 'timestamptz',
  change: 'text',
} as const;

export function saveTimers(outcomes: Outcome[], newId: NewId): SavePart {
  const rows = outcomes.flatMap((outcome) => timerRows(outcome, newId));
  return savePart(
    'timers',
    columns,
    rows,
    (from) => `tr AS (SELECT * FROM ${from}), td AS (
      DELETE FROM timers d USING tr WHERE d.conversation_id = tr.conversation_id
        AND ((tr.change = 'cancel' AND d.key = tr.key) OR (tr.change = 'cancel_run' AND d.run_id = tr.run_id
          AND NOT EXISTS (SELECT 1 FROM tr k WHERE k.change = 'start' AND k.key = d.key)))
    ), ti AS (
      INSERT INTO timers (id, conversation_id, identity_id, run_id, key, due_at)
      SELECT id, conversation_id, identity_id, run_id, key, due_at FROM tr WHERE change = 'start'
      ON CONFLICT (conversation_id, key) DO UPDATE SET due_at = excluded.due_at, run_id = excluded.run_id)`,
  );
}

/** Only the last word about each timer counts. */
function timerRows(outcome: Outcome, newId: NewId): RowOf<typeof columns>[] {
  const { identity, conversation } = outcome.person;
  const last = new Map<string, RowOf<typeof columns>>();
  for (const change of outcome.turns.flatMap((turn) => turn.effects.timers)) {
    const row = {
      id: null,
      conversation_id: conversation.id,
      identity_id: identity.id,
      run_id: change.runId,
      key: null,
      due_at: null,
      change: change.change,
    };
    if (change.change === 'cancel_run') {
      for (const key of last.keys()) if (key.startsWith(`${change.runId}:`)) last.delete(key);
      last.set(change.runId, row);
      continue;
    }
    const key = `${change.runId}:${change.key}`;
    last.set(key, change.change === 'start' ? { ...row, key, id: newId(), due_at: change.dueAt } : { ...row, key });
  }
  return [...last.values()];
}
