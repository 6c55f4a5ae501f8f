import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/start-postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // As patient as a page on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    // Most tests wait for a database, a browser or another process: every core has a worker.
    maxWorkers: '100%',
    // Node reads TypeScript itself, here as in production: no file is transformed first.
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
