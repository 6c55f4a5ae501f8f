import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usualCaps } from '../../../src/flows/journeys/arbitrate.ts';
import { sameOccasionMs } from '../../../src/flows/journeys/find-anchor.ts';
import { lateLimitOf } from '../../../src/flows/journeys/step-times.ts';
import { type Happening, type Played, play, type Start, timelines } from './random-timelines.ts';
import { day } from './sample-journeys.ts';

const unasked = ({ starts }: Played) =>
  starts.filter(({ journey, isTask }) => journey.purpose !== 'service' && !isTask);
const mostWithin = (starts: readonly Start[], ms: number) =>
  Math.max(
    0,
    ...starts.map(
      (one) => starts.filter((other) => other.at <= one.at && one.at.getTime() - other.at.getTime() < ms).length,
    ),
  );
const keyOf = ({ row, enrolment, at }: Start) =>
  `${enrolment.journey}/${row.step}/${row.occurrence} ${at.toISOString()}`;

/** The first promise that was broken; planning twice the same is asked at each step of `play`. */
function brokenPromise(played: Played): string | null {
  const { starts } = played;
  if (new Set(starts.map(({ row }) => row.id)).size < starts.length) return 'a step was started twice';
  for (const one of starts) {
    const broken = brokenBy(one, starts);
    if (broken !== null) return `${broken}: ${keyOf(one)}`;
  }
  const said = unasked(played);
  const ads = said.filter(({ journey }) => journey.purpose === 'advertising');
  if (mostWithin(said, day) > usualCaps.perDay) return 'more than the cap in a day';
  if (mostWithin(said, 7 * day) > usualCaps.perWeek) return 'more than the cap in a week';
  if (mostWithin(said, usualCaps.gapMs) > 1) return 'too soon after another';
  return mostWithin(ads, day) > 1 ? 'advertised twice in a day' : null;
}

function brokenBy(one: Start, starts: readonly Start[]): string | null {
  const { journey, row, dueAt, at, enrolment } = one;
  const step = journey.steps.find(({ id }) => id === row.step);
  if (step === undefined) return 'a step that is not there';
  if (at.getTime() - dueAt.getTime() > lateLimitOf(step)) return 'too late';
  if (at < dueAt) return 'too early';
  if (journey.purpose !== 'service' && one.isOptedOut) return 'said to one who said no';
  if (journey.subject === 'subscription' && ['cancelled', 'refunded', 'paused'].includes(one.status)) return 'gone';
  const isSaidAgain = starts.some(
    (other) =>
      other !== one &&
      other.journey.id === journey.id &&
      other.row.step === row.step &&
      Math.abs(other.enrolment.anchorAt.getTime() - enrolment.anchorAt.getTime()) < sameOccasionMs,
  );
  return journey.trigger.on === 'date' && isSaidAgain ? 'said again for the same occasion' : null;
}

/** Found by chance once: the file was published with other days between two moves of the date. */
const wandered: Happening[] = [
  { do: 'move_date', days: -39 },
  { do: 'publish', shiftMs: day },
  { do: 'move_date', days: -5 },
  { do: 'move_date', days: 18 },
  { do: 'wait', ms: 30 * day },
];

describe('whatever happens in whichever order', () => {
  it('nothing is said twice, too late, over the cap, to those who said no or left', { timeout: 240_000 }, () => {
    let starts = 0;
    fc.assert(
      fc.property(timelines, (timeline) => {
        const played = play(timeline, { kill: false });
        starts += played.starts.length;
        expect(brokenPromise(played)).toBeNull();
      }),
      { numRuns: Number(process.env.TIMELINES ?? 8_800), examples: [[wandered]] },
    );
    // Silence would keep every promise.
    expect(starts).toBeGreaterThan(10_000);
  });

  it('a kill after every single change leads to the same', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(timelines, (timeline) => {
        const [whole, killed] = [play(timeline, { kill: false }), play(timeline, { kill: true })];
        expect(killed.starts.map(keyOf)).toEqual(whole.starts.map(keyOf));
        expect(killed.state.enrolments.map(({ status }) => status).sort()).toEqual(
          whole.state.enrolments.map(({ status }) => status).sort(),
        );
      }),
      { numRuns: 1_200, examples: [[wandered]] },
    );
  });
});
