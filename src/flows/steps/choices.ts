// Choices as steps write them: a title, other ways to say it, a short title for Messenger, a place to go.
import { z } from 'zod';
import type { Choice } from '../message-schema.ts';
import { type ChoicePhrases, prepareChoices } from '../understand-choice.ts';
import { type Spoken, targetSchema } from './step-kind.ts';

export const choiceFields = {
  title: z.string().trim().min(1).max(100).describe('Chữ trên nút; khách gõ đúng chữ này cũng được hiểu'),
  short: z.string().trim().min(1).max(20).optional().describe('Chữ ngắn trên nút Messenger (tối đa 20 ký tự)'),
  also: z.array(z.string().trim().min(1).max(80)).max(30).default([]).describe('Các cách nói khác mà khách hay dùng'),
};

export const choiceWithTargetSchema = z.strictObject({ ...choiceFields, go: targetSchema.optional() });

type Titled = { title: string; short?: string | undefined; also?: string[] };

/** What is shown on this channel; the payload is always the full title. */
export function shownChoices(options: readonly Titled[], channel: 'zalo' | 'messenger'): Choice[] {
  return options.map(({ title, short }) => ({
    title: channel === 'messenger' ? (short ?? title) : title,
    payload: title,
  }));
}

export function choicePhrases(options: readonly Titled[]): ChoicePhrases[] {
  return prepareChoices(
    options.map(({ title, short, also = [] }) => [title, ...(short === undefined ? [] : [short]), ...also]),
  );
}

/** For the checks: titles with their places. */
export function spokenChoices(
  options: readonly Titled[],
  path: (index: number) => (string | number)[],
): Spoken['choices'] {
  return options.map(({ title, short }, index) => ({ title, short, path: path(index) }));
}
