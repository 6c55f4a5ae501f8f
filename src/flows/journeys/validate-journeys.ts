// Everything that can be known to be wrong with journey files before a customer meets them, all at once.
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Problem } from '../problem.ts';
import type { FlowFile } from '../read-flow.ts';
import { sortProblems } from '../validate-flow.ts';
import { checkEntering } from './checks/check-entering.ts';
import { checkJourneyNames } from './checks/check-journey-names.ts';
import { checkJourneySteps } from './checks/check-journey-steps.ts';
import { checkPurpose } from './checks/check-purpose.ts';
import type { JourneyCheck } from './checks/journey-world.ts';
import type { JourneyFile } from './read-journey.ts';

const checks: readonly JourneyCheck[] = [checkEntering, checkJourneyNames, checkJourneySteps, checkPurpose];

/** Sorted by file and line. */
export function validateJourneys(
  journeys: readonly JourneyFile[],
  { flows, catalogue = null }: { flows: readonly FlowFile[]; catalogue?: Catalogue | null },
): Problem[] {
  const world = { flows: new Map(flows.map((flow) => [flow.id, flow])), catalogue };
  const owners = new Map(journeys.toReversed().map((journey) => [journey.id, journey]));
  return sortProblems(
    journeys.flatMap((journey) => [
      ...sameIdProblems(journey, owners.get(journey.id)),
      ...checks.flatMap((check) => check(journey, world)).map(journey.place),
    ]),
  );
}

function sameIdProblems(journey: JourneyFile, owner: JourneyFile | undefined): Problem[] {
  if (owner === undefined || owner === journey) return [];
  const message = `Hành trình "${journey.id}" đã có ở file ${owner.path}.`;
  return [journey.place({ code: 'duplicate_journey', path: ['id'], message, fix: 'Đổi id của một trong hai.' })];
}
