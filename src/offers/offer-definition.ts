// What offers need to know of the catalogue: who may get an offer, what it gives, how long and how often.
import type { Evaluator } from '../flows/evaluate-expression.ts';

export type OfferKind = 'upsell' | 'cross_sell' | 'renewal' | 'referral' | 'voucher' | 'win_back';

export type OfferDefinition = {
  code: string;
  title: string;
  kind: OfferKind;
  /** null = everybody. */
  eligible: Evaluator | null;
  /** As written, for people. */
  eligibleText: string | null;
  benefit: string;
  /** Whole đồng. */
  price: number | null;
  gift: string | null;
  /** Days after the offer was made, or a date of the facts (subscription.expires_at); null = none. */
  deadline: { days: number } | { date: Evaluator } | null;
  once: 'customer' | 'subscription' | 'never';
  personalCode: boolean;
  /** Share of customers who never hear of it, so that its lift can be shown. */
  holdOutPercent: number;
  /** An order so many days after a touch or a yes counts for it. */
  windowDays: number;
};

/** The offers that exist now, by code. */
export type OfferBook = () => ReadonlyMap<string, OfferDefinition>;

/** For codes that the catalogue no longer knows. */
export const USUAL_WINDOW_DAYS = 14;
