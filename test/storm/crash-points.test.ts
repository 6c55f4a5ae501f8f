// A death just before and just after each durable boundary: the life goes on as if nobody had died.
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { live, writeLifeFlows } from './care-life.ts';
import { dieAtEachBoundary } from './crash-plan.ts';

const skip = Number(process.env.STORM_SKIP ?? 0);

let flowsDir: string;
beforeAll(async () => {
  flowsDir = await writeLifeFlows();
});
afterAll(() => rm(flowsDir, { recursive: true, force: true }));

test('six weeks of care', { timeout: 900_000 }, async () => {
  const { commits, kills, boundaries, ...unharmed } = await live(flowsDir, () => null);
  const plan = dieAtEachBoundary(skip);
  const harmed = await live(flowsDir, plan.fate);
  console.log(commits, harmed.kills, [...plan.died.before].join(' '), '|', [...plan.died.after].join(' '));
  const { sent, memory, violations } = harmed;
  expect({ sent, memory, violations }).toEqual(unharmed);
});
