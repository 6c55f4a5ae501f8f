// What a check of journeys is, and what it may know.
import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Finding } from '../../problem.ts';
import type { FlowFile } from '../../read-flow.ts';
import type { JourneyFile } from '../read-journey.ts';

/** All flow files that could be read, and the catalogue (null = its names are not checked). */
export type JourneyWorld = { flows: ReadonlyMap<string, FlowFile>; catalogue: Catalogue | null };
/** One kind of mistake, looked for in one journey. */
export type JourneyCheck = (journey: JourneyFile, world: JourneyWorld) => Finding[];
