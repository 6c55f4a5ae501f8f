// Imports over REST with a runner beside it, and tables made on the spot.
import { vi } from 'vitest';
import type { ApiDeps } from '../../src/api/register-api.ts';
import type { Database } from '../../src/database.ts';
import { createImportRunner } from '../../src/imports/run-imports.ts';
import type { Round } from '../../src/round.ts';
import { type Answer, createHarness, type Harness } from '../api/api-harness.ts';

export type ImportBench = Harness & {
  runner: Round;
  warnings: ReturnType<typeof vi.fn>;
  /** A runner as another process would have it. */
  openRunner(change?: { rowsAtOnce?: number; db?: Database }): Round;
  upload(query: string, file: string | Uint8Array, more?: { type?: string; key?: string }): Promise<Answer>;
  /** Uploads, works it to its end, answers how it stands. */
  load(query: string, file: string | Uint8Array): Promise<Answer['body']>;
  wrongRows(
    id: unknown,
  ): Promise<{ line: number; key: string | null; errors: { column: string; message: string }[] }[]>;
};

export async function openImportBench(change: Partial<ApiDeps> = {}): Promise<ImportBench> {
  const api = await createHarness(change);
  const warnings = vi.fn();
  const { importsDir } = api.deps.imports;
  const openRunner: ImportBench['openRunner'] = (more = {}) =>
    createImportRunner({
      ...api.deps,
      attributeOrders: async () => undefined,
      importsDir,
      log: { warn: warnings, info: () => {} },
      rowsAtOnce: 100,
      ...more,
    });
  const runner = openRunner();
  const upload: ImportBench['upload'] = (query, file, { type = 'text/csv', key } = {}) =>
    api.call('POST', `/api/v1/imports?${query}`, {
      body: typeof file === 'string' ? file : Buffer.from(file),
      headers: { 'content-type': type },
      ...(key === undefined ? {} : { key }),
    });
  const settled = async (id: unknown) => {
    runner.ring();
    await runner.idle();
    return (await api.call('GET', `/api/v1/imports/${id}`)).body;
  };
  return {
    ...api,
    runner,
    warnings,
    openRunner,
    upload,
    load: async (query, file) => {
      const { status, body } = await upload(query, file);
      return status === 200 ? await settled(body.id) : body;
    },
    wrongRows: async (id) => {
      const { body } = await api.call('GET', `/api/v1/imports/${id}/rows?result=wrong`);
      // The shape is the answer's schema, which the route itself enforces.
      return body.items as Awaited<ReturnType<ImportBench['wrongRows']>>;
    },
    close: async () => {
      await runner.stop();
      await api.close();
    },
  };
}
