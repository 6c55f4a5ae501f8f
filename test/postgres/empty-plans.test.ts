// The first minutes of a new business: statements are planned while the tables are empty and keep their plans while the
// tables fill, until somebody counts the rows. Whatever a turn asks must be asked by key from the beginning.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { afterWriting, welcomed } from '../stories/scenes.ts';
import { openStage, type Stage } from '../stories/stage.ts';
import { type PlanWatch, watchPlans } from './watch-plans.ts';

let stage: Stage;
let watch: PlanWatch;
beforeAll(async () => {
  stage = await openStage();
  watch = watchPlans();
  for (const channel of ['zalo', 'messenger'] as const) {
    const person = await welcomed(stage, channel);
    await afterWriting(stage, person, 'Hướng dẫn sử dụng', 'kẹo dừa', 'gặp nhân viên', 'dừng');
  }
});
afterAll(async () => {
  watch.stop();
  await stage.close();
});

/** Statements of turns and of sending; those that are planned anew each time have no name. */
const OF_TURNS = ['read-free-people', 'read-all-people', 'take-events', 'next-messages'];

test('on an empty database no statement of a turn or of sending walks through a whole table or index', () => {
  const seen = watch.seen().filter(({ about }) => OF_TURNS.includes(about) || about.startsWith('save '));
  for (const name of OF_TURNS) expect(seen.map(({ about }) => about)).toContain(name);
  const whole = seen.flatMap(({ about, scans, walks }) => [...scans, ...walks].map((name) => `${about}: ${name}`));
  expect([...new Set(whole)]).toEqual([]);
  expect(watch.mistakes).toEqual([]);
});
