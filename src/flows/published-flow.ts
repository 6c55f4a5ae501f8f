// A flow as runs use it: one immutable version, compiled.

import type { Catalogue } from './catalogue/catalogue.ts';
import type { CompiledFlow } from './compile-flow.ts';
import type { GuideLibrary } from './guides/guide-library.ts';
import type { Journey } from './journeys/journey.ts';

export type PublishedFlow = { versionId: string; number: number; flow: CompiledFlow };

/** A journey as enrolments follow it: pending steps always follow the newest version. */
export type PublishedJourney = { versionId: string; number: number; journey: Journey };

/** Everything a turn may play: what new runs begin with, what older runs are still on, and the guides. */
export type Scripts = {
  /** flow id → the version that new runs get. */
  active: ReadonlyMap<string, PublishedFlow>;
  /** version id → that version, as far as it is loaded. */
  versions: ReadonlyMap<string, PublishedFlow>;
  guides: GuideLibrary;
  /** journey id → its newest good version. */
  journeys: ReadonlyMap<string, PublishedJourney>;
  catalogue: Catalogue;
};
