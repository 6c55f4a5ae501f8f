// How tasks and cases are asked for and read: both become the same shape, so that one list shows either.
import type { z } from 'zod';
import { type CaseAnswer, caseAnswer, casePage } from '../../cases/case-schema.ts';
import { type TaskAnswer, taskAnswer, taskPage } from '../../cases/task-schema.ts';

export type Work = { words: string } & Omit<
  CaseAnswer,
  'reason' | 'openedAt' | 'closedAt' | 'closedBy' | 'isRecovered'
> &
  Partial<Pick<CaseAnswer, 'isRecovered'>> & { endedAt: string | null; endedBy: string | null };
export type WorkKind = 'tasks' | 'cases';
export type WorkSearch = {
  who?: 'mine' | 'team' | 'none';
  late?: boolean;
  kind?: string;
  done?: boolean;
  open?: string;
};

const ofTask = ({ title: words, doneAt: endedAt, doneBy: endedBy, ...rest }: TaskAnswer): Work => ({
  ...{ ...rest, words, endedAt, endedBy },
});
const ofCase = ({ reason: words, closedAt: endedAt, closedBy: endedBy, ...rest }: CaseAnswer): Work => ({
  ...{ ...rest, words, endedAt, endedBy },
});
type Page = { items: Work[]; nextCursor: string | null };

/** How each kind is read; both become the same. */
export const readers: Record<WorkKind, { page: z.ZodType<Page>; one: z.ZodType<Work> }> = {
  tasks: {
    page: taskPage.transform(({ items, ...rest }) => ({ ...rest, items: items.map(ofTask) })),
    one: taskAnswer.transform(ofTask),
  },
  cases: {
    page: casePage.transform(({ items, ...rest }) => ({ ...rest, items: items.map(ofCase) })),
    one: caseAnswer.transform(ofCase),
  },
};

/** The question that an address asks; `now` is taken when it is asked. */
export function askFor(search: WorkSearch, me: { email: string }, now: () => number): URLSearchParams {
  const owner = search.who === 'mine' ? me.email : search.who;
  return new URLSearchParams({
    limit: '50',
    ...(search.done ? {} : { status: 'open' }),
    ...(owner === undefined ? {} : { owner }),
    ...(search.kind ? { kind: search.kind } : {}),
    ...(search.late ? { dueBefore: new Date(now()).toISOString() } : {}),
  });
}
