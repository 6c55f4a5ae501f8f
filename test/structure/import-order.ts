// The one list that says who may import whom: each name imports only what stands before it. Names are folders of src/
// and the files beside them. src/README.md shows the same list; a test holds the two together.

export const importOrder: readonly string[] = [
  // What stands on nothing of ours.
  'settings.ts',
  'setting-fields.ts',
  'setting-mistakes.ts',
  'config.ts',
  'clock.ts',
  'errors.ts',
  'log.ts',
  'secrets.ts',
  'stop-gracefully.ts',
  'make-folder.ts',
  'ids.ts',
  'batcher.ts',
  'batch-rows.ts',
  'round.ts',
  'deadline.ts',
  'metronome.ts',
  'durable-boundaries.ts',
  // What everything is kept in.
  'database.ts',
  'postgres',
  // The story, outwards from its pure heart.
  'flows',
  'http',
  'channels',
  'ledger',
  'audit',
  'customers',
  'offers',
  'surveys',
  'cases',
  'outbox',
  'conversations',
  'flow-tests',
  'flow-library',
  'inbound',
  'journeys',
  'imports',
  'exports',
  'webhooks',
  'privacy',
  // People and machines who look in from outside.
  'auth',
  'inbox',
  'health',
  'web',
  'api',
  // Put together, and started.
  'app.ts',
  'start-rounds.ts',
  'start-program.ts',
  'sandbox',
  'run.ts',
  'main.ts',
];

/** Narrower than the order: who alone may import this. */
export const onlyFor: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['run.ts'],
  'run.ts': ['main.ts'],
};

/** Narrower than the order: all that this may import. Flows are pure and shall run in a browser as well. */
export const importsOnly: Readonly<Record<string, readonly string[]>> = {
  flows: [],
  sandbox: ['clock.ts', 'config.ts'],
};
