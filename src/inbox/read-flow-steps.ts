// The scripts as staff choose among them: their titles, the first words of each step, and the hours of their trainings.
import type pg from 'pg';
import { z } from 'zod';
import { HttpError } from '../errors.ts';
import { durationMs } from '../flows/duration.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { type FlowFile, readFlow } from '../flows/read-flow.ts';
import { bookKind } from '../flows/steps/book.ts';
import { rungsOf } from '../flows/steps/closed-window.ts';
import { trainingSlots } from '../flows/steps/training-slots.ts';
import type { TrainingChoices } from './care-schema.ts';

type Active = Pick<Scripts, 'active'>;
type Client = pg.ClientBase | pg.Pool;

export function listFlows({ active }: Active): { id: string; title: string }[] {
  const flows = [...active.values()].map(({ flow }) => ({ id: flow.id, title: flow.title }));
  return flows.toSorted((a, b) => a.title.localeCompare(b.title, 'vi'));
}

/** Throws unknown_flow. */
export async function readFlowFile(client: Client, { active }: Active, flow: string): Promise<FlowFile> {
  const published = active.get(flow);
  const { rows } = await client.query<{ source: string }>('SELECT source FROM flow_versions WHERE id = $1', [
    published?.versionId ?? null,
  ]);
  const file = rows[0] === undefined ? null : readFlow(`${flow}.flow.yaml`, rows[0].source).flow;
  if (file === null) throw new HttpError(422, 'unknown_flow', `Không có kịch bản "${flow}".`);
  return file;
}

const LONGEST_TITLE = 80;

export function stepTitles(file: FlowFile): { id: string; title: string; hasOtherWay: boolean }[] {
  return file.steps.map((step) => {
    const words = step.texts[0]?.text.replaceAll(/\s+/g, ' ').trim() ?? '';
    return {
      id: step.id,
      hasOtherWay: hasOtherWay(file, step.id),
      title: [...words].length > LONGEST_TITLE ? `${[...words].slice(0, LONGEST_TITLE - 1).join('')}…` : words,
    };
  });
}

/** Whether what is said first from this step on goes another way when the channel's window is closed. */
export function hasOtherWay({ head, steps }: FlowFile, from: string | undefined): boolean {
  const start = from === undefined ? 0 : steps.findIndex(({ id }) => id === from);
  const speaking = steps.slice(Math.max(0, start)).find(({ texts }) => texts.length > 0);
  return speaking === undefined || rungsOf(speaking.ifClosed ?? head.settings.if_closed).length > 0;
}

/** Every step that books, with the hours that it would offer now. */
export async function listTrainings(
  client: Client,
  scripts: Active,
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<TrainingChoices['items']> {
  const booking = [...scripts.active.values()].filter(({ flow }) =>
    [...flow.steps.values()].some(({ kind }) => kind === bookKind.key),
  );
  const files = await Promise.all(booking.map(({ flow }) => readFlowFile(client, scripts, flow.id)));
  return files.flatMap((file) =>
    bookSteps(file).map(({ id, rule }) => ({
      flow: file.id,
      step: id,
      title: file.head.title,
      durationMinutes: Math.round(durationMs(rule.duration) / 60_000),
      slots: trainingSlots(rule, now.getTime(), timeZone).map((slot) => new Date(slot).toISOString()),
    })),
  );
}

/** What a booking needs to know of such a step; its kind has checked it and filled in what was left out. */
const bookRule = z.looseObject({
  id: z.string(),
  book: z.string(),
  days: z.array(z.string()),
  hours: z.array(z.string()),
  duration: z.string(),
  notice: z.string(),
  within: z.string(),
  meeting_url: z.string().optional(),
});

export function bookSteps(file: FlowFile) {
  return file.steps.flatMap(({ id, kind, index }) => {
    if (kind !== bookKind.key) return [];
    const rule = bookRule.safeParse(bookKind.schema.safeParse(file.head.steps[index]).data);
    return rule.success ? [{ id, rule: rule.data }] : [];
  });
}
