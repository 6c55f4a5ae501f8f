// "Dừng" is obeyed at once and on every channel: what is unasked and still waiting is not said.
import { allRuns } from './conversation.ts';
import { note, type Turn } from './turn.ts';

export function optOut(turn: Turn, source: string): void {
  const { customer, conversation } = turn.person;
  customer.optedOutAt ??= saidAt(turn);
  turn.effects.consents.push({ purpose: 'all', channel: '*', granted: false, source, wording: saidText(turn) });
  turn.effects.outbox.push({ change: 'skip_queued', which: 'unasked', reason: 'Khách đã từ chối nhận tin.' });
  turn.effects.cancelsPlanned = true;
  for (const run of allRuns(conversation.runs)) turn.effects.timers.push({ change: 'cancel_run', runId: run.id });
  conversation.runs = { active: null, suspended: [] };
  note(turn, { kind: 'opted_out', reason: 'Khách từ chối nhận tin.', data: { source } });
}

export function optIn(turn: Turn, source: string): void {
  turn.person.customer.optedOutAt = null;
  turn.effects.consents.push({ purpose: 'all', channel: '*', granted: true, source, wording: saidText(turn) });
  note(turn, { kind: 'opted_in', data: { source } });
}

/** Whether they said no after this: a yes that was delivered late is no longer theirs. */
export function wasTakenBack(turn: Turn): boolean {
  const { optedOutAt } = turn.person.customer;
  return optedOutAt !== null && saidAt(turn) < optedOutAt;
}

/** By the channel's clock, which may go before ours. */
function saidAt({ event, now }: Turn): Date {
  return event.occurredAt < now ? event.occurredAt : now;
}

function saidText(turn: Turn): string | null {
  return turn.body.kind === 'message' ? turn.body.text : null;
}
