// How far an offer to one customer got, and the moves that exist. The same table serves SQL and tests.
import { z } from 'zod';

export const offerStateSchema = z.enum([
  'eligible',
  'held_out',
  'sent',
  'accepted',
  'declined',
  'later',
  'ignored',
  'expired',
]);
export type OfferState = z.infer<typeof offerStateSchema>;

const ANSWERS = ['accepted', 'declined', 'later', 'ignored', 'expired'] as const;

/** Held out and accepted are for ever; whoever said no, or nothing, may still come back and buy. */
export const offerMoves: Readonly<Record<OfferState, readonly OfferState[]>> = {
  eligible: ['sent', ...ANSWERS],
  held_out: [],
  sent: ANSWERS,
  later: ['accepted', 'declined', 'ignored', 'expired'],
  ignored: ['accepted', 'declined'],
  expired: ['accepted'],
  declined: ['accepted'],
  accepted: [],
};

export function mayBecome(from: OfferState, to: OfferState): boolean {
  return offerMoves[from].includes(to);
}

/** The customer may still answer it. */
export const openStates = ['sent', 'later'] as const;

/** `legal(was, "to")` as a list of VALUES, for statements that move many rows at once. */
export const legalMovesSql = `(VALUES ${Object.entries(offerMoves)
  .flatMap(([from, moves]) => moves.map((to) => `('${from}', '${to}')`))
  .join(', ')}) AS legal(was, becomes)`;
