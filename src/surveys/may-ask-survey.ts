// Nobody is asked all the time: one rule across all surveys and all journeys.
import { formatDate } from '../flows/local-time.ts';

export type SurveyHistory = {
  /** The last question of any survey that reached the customer; null = none lately. */
  lastAskedAt: Date | null;
  /** Cases closed lately that nobody has asked again about. */
  casesToAskAgain: readonly string[];
};

export type SurveyWish = {
  history: SurveyHistory;
  now: Date;
  gapMs: number;
  /** The case that the flow is about: asking again after it was closed is promised, once. */
  caseId: string | null;
  /** A member of staff knows better. */
  isForced: boolean;
  /** In which the day of the last question is told. */
  timeZone: string;
};

/** null = ask; else why not, for the ledger. */
export function mayAskSurvey({ history, now, gapMs, caseId, isForced, timeZone }: SurveyWish): string | null {
  if (isForced) return null;
  // Promised once: the second time it is a survey like any other, and about the same matter it is one too many.
  if (caseId !== null) {
    return history.casesToAskAgain.includes(caseId) ? null : 'Khách đã được hỏi lại về việc này rồi.';
  }
  const { lastAskedAt } = history;
  if (lastAskedAt === null || now.getTime() - lastAskedAt.getTime() >= gapMs) return null;
  const days = Math.round(gapMs / 86_400_000);
  const date = formatDate(lastAskedAt.getTime(), timeZone);
  return `Khách vừa được khảo sát ngày ${date}, mỗi khách cách nhau ít nhất ${days} ngày.`;
}
