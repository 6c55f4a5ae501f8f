// What the catalogue adds to the facts of one customer: their product and plan, the feature they miss, what goes with it,
// and the first useful thing that is meant for them and that they never had.

import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import { catalogueFacts, firstTip } from '../flows/catalogue/catalogue-facts.ts';
import type { Scripts } from '../flows/published-flow.ts';
import type { FactsDeps } from './care-facts.ts';

/** Everything that conditions and texts of journeys may read, with the catalogue of the moment. */
export function careFacts(
  { timeZone, business }: Omit<FactsDeps, 'enrich'>,
  scripts: () => Pick<Scripts, 'catalogue'>,
): FactsDeps {
  return { timeZone, business, enrich: enrichWith(() => scripts().catalogue) };
}

function enrichWith(catalogue: () => Catalogue): NonNullable<FactsDeps['enrich']> {
  return (facts, { sharedTips }) => {
    const known = { ...facts, ...catalogueFacts(catalogue(), facts) };
    return { ...known, tip: firstTip(catalogue(), known, sharedTips) };
  };
}
