// Answers to Meta's own rating form. One event per question; a zero is an answer.
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { EventReader, ReadEvent } from './event-source.ts';
import { hashEvent } from './provider-id.ts';
import { feedbackSchema } from './webhook-schema.ts';

const SCALES = { csat: [1, 5], nps: [0, 10], ces: [1, 7] } as const;

type Answer = {
  type?: string | undefined;
  payload?: string | undefined;
  follow_up?: { payload?: string | undefined } | null | undefined;
};

export const readFeedback: EventReader = (value, source) => {
  const parsed = feedbackSchema.safeParse(value);
  if (!parsed.success) return null;
  const key = hashEvent(source.accountId, source.event);
  const events = parsed.data.feedback_screens.flatMap((screen, index) =>
    Object.entries(screen.questions).flatMap(([questionId, answer]): ReadEvent[] =>
      answer ? [readAnswer(cleanText(questionId).slice(0, 80), answer, `${key}:${index}`)] : [],
    ),
  );
  return events.length > 0 ? events : null;
};

function readAnswer(questionId: string, answer: Answer, key: string): ReadEvent {
  // Meta's page prints "csat " with a space.
  const type = answer.type?.trim().toLowerCase();
  const metric = type === 'csat' || type === 'nps' || type === 'ces' || type === 'free_form' ? type : 'rating';
  const comment = metric === 'free_form' ? answer.payload : answer.follow_up?.payload;
  return {
    providerEvent: 'messaging_feedback',
    providerId: `${key}:${questionId}`,
    opensWindow: false,
    body: {
      kind: 'feedback',
      questionId,
      metric,
      score: metric === 'free_form' ? null : readScore(metric, answer.payload),
      ...(comment ? { comment: cleanText(comment) } : {}),
    },
  };
}

function readScore(metric: 'csat' | 'nps' | 'ces' | 'rating', payload: string | undefined): number | null {
  if (payload === undefined || !/^\d{1,2}$/.test(payload.trim())) return null;
  const [lowest, highest] = metric === 'rating' ? [0, 99] : SCALES[metric];
  const score = Number(payload);
  return score >= lowest && score <= highest ? score : null;
}
