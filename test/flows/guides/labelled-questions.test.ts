// Questions as customers write them, none of them copied from a guide, against the guides that ship.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { library, shipped } from './shipped-guides.ts';

const labelled = z
  .object({
    /** `product`: of a customer of whom it is known. */
    found: z.array(z.object({ question: z.string(), guide: z.string(), product: z.string().optional() })),
    notFound: z.array(z.string()),
  })
  .parse(JSON.parse(readFileSync(new URL('./labelled-questions.json', import.meta.url), 'utf8')));

const answers = labelled.found.map((row) => {
  const { question, product } = row;
  return { ...row, answer: library.forProducts(product === undefined ? [] : [product]).search(question) };
});

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} % (${part} of ${whole})`;
}

describe('labelled questions', () => {
  it('are many, about guides that exist, and none stands in a guide', () => {
    const own = new Set(shipped.guides.flatMap((guide) => guide.questions.map((question) => question.toLowerCase())));
    expect(labelled.found.length).toBeGreaterThanOrEqual(220);
    expect(labelled.notFound.length).toBeGreaterThanOrEqual(60);
    expect(labelled.found.filter(({ guide }) => library.byId(guide) === null)).toEqual([]);
    expect(labelled.found.filter(({ question }) => own.has(question.toLowerCase()))).toEqual([]);
    expect(new Set(labelled.found.map(({ guide }) => guide)).size).toBe(shipped.guides.length);
  });

  it('find their guide at least nine times in ten', () => {
    const missed = answers.filter(({ guide, answer }) => answer.found?.id !== guide);
    const right = answers.length - missed.length;
    console.info(`top-1 ${percent(right, answers.length)}`);
    for (const { question, guide, answer } of missed) {
      console.info(`  missed "${question}": ${guide}, got ${answer.found?.id ?? 'nothing'}`);
    }
    expect(right / answers.length).toBeGreaterThanOrEqual(0.9);
  });

  it('are seldom answered with the wrong guide, and otherwise suggested', () => {
    const wrong = answers.filter(({ guide, answer }) => answer.found !== null && answer.found.id !== guide);
    const unseen = answers.filter(
      ({ guide, answer }) => answer.found?.id !== guide && !answer.suggestions.some(({ id }) => id === guide),
    );
    expect(wrong.length / answers.length).toBeLessThanOrEqual(0.03);
    expect(unseen.length / answers.length).toBeLessThanOrEqual(0.03);
  });

  it('are handed over when they are about something else', () => {
    const guessed = labelled.notFound.flatMap((question) => {
      const { found } = library.search(question);
      return found === null ? [] : [{ question, found: found.id }];
    });
    console.info(`not found ${percent(labelled.notFound.length - guessed.length, labelled.notFound.length)}`);
    for (const { question, found } of guessed) console.info(`  guessed "${question}": ${found}`);
    expect(guessed.length / labelled.notFound.length).toBeLessThanOrEqual(0.05);
  });
});

it.each([
  'xem hướng dẫn …',
  'cho mình hỏi … làm thế nào vậy',
  'em muốn … thì làm ở đâu ạ',
  '… thì phải làm những gì',
  'quy trình …',
  'các bước … chi tiết với',
  'không biết … kiểu nào',
])('"%s" finds every guide by its title, with and without dấu', (around) => {
  const asked = shipped.guides.flatMap((guide) => {
    const question = around.replace('…', guide.title.toLowerCase());
    return [question, withoutMarks(question)].map((text) => ({ text, guide: guide.id }));
  });
  const missed = asked.filter(({ text, guide }) => library.search(text).found?.id !== guide);
  expect(missed).toEqual([]);
});

function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gu, 'd');
}
