// The offers that exist now, as the catalogue has them.

import { DAY_MS } from '../clock.ts';
import type { Catalogue, OfferDefinition } from '../flows/catalogue/catalogue.ts';

/** Asked each time: files change while the program runs. */
export type OfferBook = () => Pick<Catalogue, 'offers' | 'offer'>;
export type { OfferDefinition };
export type OfferKind = OfferDefinition['kind'];

/** For codes that the catalogue no longer knows. */
export const USUAL_WINDOW_MS = 14 * DAY_MS;
