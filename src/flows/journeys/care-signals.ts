// What the ledger would say of a flow's commands: simulated care hears of them as the real one does.
import type { FlowCommand } from '../flow-run.ts';

export type Told = { kind: string; data: Record<string, unknown> };

/** Null for what journeys do not hear of. */
export function toldOf(command: FlowCommand): Told | null {
  switch (command.type) {
    case 'record_survey': {
      const { metric, score } = command;
      return { kind: `survey_${command.status}`, data: { metric, ...(score === undefined ? {} : { score }) } };
    }
    case 'record_offer':
      return { kind: `offer_${command.state}`, data: { code: command.code } };
    case 'show_guide':
      return { kind: 'guide_shown', data: { guide: command.guideId } };
    case 'book_training':
      return { kind: 'training_booked', data: { topic: command.topic } };
    case 'open_case':
      return { kind: 'case_opened', data: { reason: command.reason } };
    case 'remember':
      return { kind: 'remembered', data: { name: command.name } };
    case 'hand_over':
      return { kind: 'handed_over', data: {} };
    case 'opt_out':
      return { kind: 'opted_out', data: {} };
    case 'opt_in':
      return { kind: 'opted_in', data: {} };
    default:
      return null;
  }
}
