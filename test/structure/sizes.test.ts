// Small enough to be read at a glance. Biome counts: over 40 lines a function is pointed at in `npm run check`,
// over 60 it fails here.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { root } from './read-sources.ts';

const LONGEST = 60;

/** Long on purpose, with the reason; may shrink, not grow. */
const allowed: Record<string, { lines: number; because: string }> = {
  'src/conversations/note-event.ts': { lines: 65, because: 'one case for each kind of event, and nothing else' },
};

const reportSchema = z.object({
  diagnostics: z.array(z.object({ message: z.string(), location: z.object({ path: z.string() }) })),
});

test('no function is longer than can be read', { timeout: 60_000 }, async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      'node_modules/@biomejs/biome/bin/biome',
      'lint',
      '--only=complexity/noExcessiveLinesPerFunction',
      '--max-diagnostics=500',
      '--reporter=json',
      'src',
      'scripts',
    ],
    { cwd: root, maxBuffer: 32 * 1024 * 1024 },
  );
  const { diagnostics } = reportSchema.parse(JSON.parse(stdout));
  const tooLong = diagnostics.flatMap(({ message, location: { path } }) => {
    const lines = Number(/\((\d+)\)/.exec(message)?.[1]);
    expect(lines, message).toBeGreaterThan(0);
    return lines > (allowed[path]?.lines ?? LONGEST) ? [`${path}: a function of ${lines} lines`] : [];
  });
  expect(tooLong).toEqual([]);
});
