// What simulated care did, put off and did not do, in the words of the ledger.
import type { EnrolmentStatus } from '../flows/journeys/care-state.ts';

export type CareEntry = { at: Date; journey: string; step: string | null } & (
  | { what: 'entered' }
  | { what: 'started'; flow: string }
  | { what: 'task'; title: string }
  | { what: 'not_sent' | 'put_off'; reason: string }
  | { what: 'fallback'; ways: readonly string[] }
  | { what: 'ended'; status: EnrolmentStatus; reason: string }
);

/** How a test names a step: alone in its own journey, with the journey's name in others. */
export function isStep(entry: { journey: string; step: string | null }, name: string, own: string): boolean {
  return name.includes('/') ? `${entry.journey}/${entry.step}` === name : entry.journey === own && entry.step === name;
}
