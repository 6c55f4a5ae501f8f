// How a refusal of Zalo is understood: the shape of the two error tables (oa-errors.ts, zns-errors.ts). The tables are
// kept apart by host because the same number means different things there (-100, -118, -124 … -14x).

/** When a refusal that passes by itself is worth another try. */
export type Wait = 'half_minute' | 'next_minute' | 'five_minutes' | 'one_hour' | 'six_am' | 'next_day' | 'next_month';

export type ErrorMeaning =
  /** The access token is dead: renew it once, try once more. */
  | { outcome: 'renew_token'; reason: string }
  /** An uploaded asset expired: upload it again, try once more. */
  | { outcome: 'upload_again'; reason: string }
  /** Surely not accepted, may pass later. `account`: nothing else of ours would pass either, so sending pauses. */
  | {
      outcome: 'later';
      concerns: 'message' | 'recipient' | 'account';
      wait: Wait;
      /** In all; unset = until the message is too old. */
      mostTries?: number;
      reason: string;
    }
  | { outcome: 'refused'; concerns: 'message' | 'recipient' | 'window'; reason: string };

export type ErrorTable = ReadonlyMap<string, ErrorMeaning>;

export const renewToken = (reason: string): ErrorMeaning => ({ outcome: 'renew_token', reason });
export const uploadAgain = (reason: string): ErrorMeaning => ({ outcome: 'upload_again', reason });

/** The message can never go as it is. */
export const notThisMessage = (reason: string): ErrorMeaning => ({ outcome: 'refused', concerns: 'message', reason });
/** Nothing can be sent to this person for now. */
export const notThisPerson = (reason: string): ErrorMeaning => ({ outcome: 'refused', concerns: 'recipient', reason });
export const windowClosed = (reason: string): ErrorMeaning => ({ outcome: 'refused', concerns: 'window', reason });

export const later = (
  concerns: 'message' | 'recipient' | 'account',
  wait: Wait,
  reason: string,
  mostTries?: number,
): ErrorMeaning => ({ outcome: 'later', concerns, wait, reason, ...(mostTries === undefined ? {} : { mostTries }) });

/** An operator can repair it: the message is kept, and everything of the account waits with it; looked at again soon. */
export const accountNeedsRepair = (reason: string): ErrorMeaning => later('account', 'five_minutes', reason);
/** As above, but ordinary replies still go: only what costs money or uses templates waits. */
export const repairNeeded = (reason: string): ErrorMeaning => later('message', 'one_hour', reason);
