// Journeys with what became of them: how many are under way, what waits, what was said and why not.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import type { JourneyStep } from '../flows/journeys/journey.ts';
import type { PublishedJourney, Scripts } from '../flows/published-flow.ts';
import type { JourneyAnswer, JourneySummary } from './journey-schema.ts';

export type ReadJourneysDeps = { db: { pool: pg.Pool }; scripts: () => Scripts };

type Count = { journey: string; status: string; count: number };
type PauseRow = { journey: string; paused_by: string; paused_at: Date };

const ACTIVE = `SELECT journey, status, count(*)::int AS count FROM enrolments WHERE status = 'active' GROUP BY 1, 2`;
const STEPS = `SELECT journey, status, count(*)::int AS count FROM enrolment_steps GROUP BY 1, 2`;

export async function listJourneys({ db, scripts }: ReadJourneysDeps): Promise<JourneySummary[]> {
  const [active, steps, pauses] = await Promise.all([
    db.pool.query<Count>(ACTIVE),
    db.pool.query<Count>(STEPS),
    db.pool.query<PauseRow>('SELECT journey, paused_by, paused_at FROM journey_pauses'),
  ]);
  const all = [...active.rows, ...steps.rows];
  return [...scripts().journeys.values()].map((published) => {
    const { id } = published.journey;
    const pause = pauses.rows.find((row) => row.journey === id);
    return summaryOf(
      published,
      (status) => sum(all.filter((row) => row.journey === id && row.status === status)),
      pause,
    );
  });
}

const OF_STEPS = `
SELECT step, status, count(*)::int AS count FROM enrolment_steps WHERE journey = $1 GROUP BY 1, 2`;
const REASONS = `
SELECT step, reason, count(*)::int AS count FROM enrolment_steps
WHERE journey = $1 AND status = 'skipped' AND reason IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20`;

/** Throws unknown_journey. */
export async function readJourney(deps: ReadJourneysDeps, id: string): Promise<JourneyAnswer> {
  const { journey } = requireJourney(deps, id);
  const summary = (await listJourneys(deps)).find((one) => one.id === id);
  if (!summary) throw unknownJourney(id);
  const { pool } = deps.db;
  const ofSteps = await pool.query<{ step: string; status: string; count: number }>(OF_STEPS, [id]);
  const reasons = await pool.query<{ step: string; reason: string; count: number }>(REASONS, [id]);
  return {
    ...summary,
    purpose: journey.purpose,
    priority: journey.priority,
    for: journey.subject,
    trigger: journey.trigger.on,
    steps: journey.steps.map((step) => {
      const count = (status: string) =>
        sum(ofSteps.rows.filter((row) => row.step === step.id && row.status === status));
      const started = count('started') + count('due');
      return { id: step.id, does: doingOf(step), planned: count('planned'), started, skipped: count('skipped') };
    }),
    reasons: reasons.rows,
  };
}

/** Throws unknown_journey. */
export function requireJourney({ scripts }: Pick<ReadJourneysDeps, 'scripts'>, id: string): PublishedJourney {
  const published = scripts().journeys.get(id);
  if (published) return published;
  throw unknownJourney(id);
}

function unknownJourney(id: string): HttpError {
  return new HttpError(404, 'unknown_journey', `There is no journey "${id}"; GET /api/v1/journeys lists them.`);
}

function summaryOf(
  { number, journey }: PublishedJourney,
  count: (status: string) => number,
  pause: PauseRow | undefined,
): JourneySummary {
  return {
    id: journey.id,
    title: journey.title,
    stage: journey.stage,
    version: number,
    paused: pause ? { by: pause.paused_by, at: pause.paused_at.toISOString() } : null,
    counts: {
      active: count('active'),
      planned: count('planned'),
      started: count('started') + count('due'),
      skipped: count('skipped'),
    },
  };
}

function doingOf({ action }: JourneyStep): string {
  return action.do === 'task'
    ? `task ${action.kind}`
    : `flow ${action.flow}${action.at === null ? '' : `/${action.at}`}`;
}

function sum(rows: readonly { count: number }[]): number {
  return rows.reduce((total, row) => total + row.count, 0);
}
