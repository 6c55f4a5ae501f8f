// Every place where something becomes durable, by name: a death just before or just after any of them must change
// nothing that was promised. The storms under test/storm die at each.

export const durableBoundaries = [
  'answer-once',
  'apply-import-batch',
  'attend-conversations',
  'carry-out-withdrawal',
  'claim-messages',
  'claim-token',
  'close-overdue-offers',
  'erase-again',
  'erase-stragglers',
  'expire-subscriptions',
  'keep-and-play',
  'lease-ran-out',
  'mail-forgotten-password',
  'make-first-admin',
  'note-affected-read',
  'note-export',
  'note-presence',
  'opt-out-by-link',
  'plan-customers',
  'process-events',
  'publish-flow',
  'publish-journey',
  'return-idle',
  'save-draft',
  'save-results',
  'settle-as-sent',
  'settle-by-history',
  'silence-returned',
  'spread-events',
  'start-due-steps',
  'take-sign-in-attempt',
  'turn-month',
  'undo-import',
  'warn-of-deadlines',
  'warn-of-incident',
] as const;

export type DurableBoundary = (typeof durableBoundaries)[number];

/** `before` = nothing of it is kept yet, `after` = all of it is kept and nobody was told. */
export type BoundaryPhase = 'before' | 'after';

/** Called at each boundary, and waited for; only tests and storms pass one. */
export type AtBoundary = (boundary: DurableBoundary, phase: BoundaryPhase) => void | Promise<void>;
