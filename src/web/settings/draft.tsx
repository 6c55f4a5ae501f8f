// A form that is written before it is saved: what was changed, what is wrong with it in words, and a question before it is lost.
import { Alert, Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import type { z } from 'zod';
import { ApiError, type Call, callApi } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Texts } from '../texts/vi.ts';

export type Mistakes = Readonly<Record<string, string>>;

/** What a schema says against a value, by path ("mon.0.to"), in words. */
export function mistakesOf(schema: z.ZodType, value: unknown, words: Texts['desk']['form']): Mistakes {
  const { error } = schema.safeParse(value);
  return Object.fromEntries((error?.issues ?? []).map((issue) => [issue.path.join('.'), wordsOf(issue, words)]));
}

function wordsOf(issue: z.core.$ZodIssue, words: Texts['desk']['form']): string {
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string' ? words.empty : words.atLeast(String(issue.minimum));
    case 'too_big':
      return words.atMost(String(issue.maximum));
    case 'invalid_format':
      return words.format;
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int' ? words.number : words.empty;
    case 'custom':
      return issue.path.at(-1) === 'to' ? words.order : words.overlap;
    default:
      return words.wrong;
  }
}

/** Asks before what was written is left behind. */
export function useGuard(isDirty: boolean): void {
  const { form } = useTexts().desk;
  useBlocker({
    shouldBlockFn: () => isDirty && !globalThis.confirm(form.leave),
    enableBeforeUnload: () => isDirty,
  });
}

export type Draft<T> = {
  value: T;
  set: (part: Partial<T>) => void;
  isDirty: boolean;
  undo: () => void;
};

/** A copy of what the server holds, until it is saved or given up. */
export function useDraft<T extends object>(kept: T): Draft<T> {
  const [value, setValue] = useState(kept);
  const isDirty = JSON.stringify(value) !== JSON.stringify(kept);
  useGuard(isDirty);
  return { value, set: (part) => setValue({ ...value, ...part }), isDirty, undo: () => setValue(kept) };
}

/** Saves and says so; `words` names refusals by their code. */
export function useSave<T>(schema: z.ZodType<T>, touches: string[], words: Readonly<Record<string, string>> = {}) {
  const queries = useQueryClient();
  const { desk, general, signIn } = useTexts();
  const mutation = useMutation({
    mutationFn: (call: Call) => callApi(schema, { method: 'POST', onceKey: crypto.randomUUID(), ...call }),
    onSuccess: () => {
      notify({ message: desk.form.done });
      return queries.invalidateQueries({ queryKey: touches });
    },
  });
  const { error } = mutation;
  const told =
    error instanceof ApiError ? (error.status === 0 ? signIn.unreachable : (words[error.code] ?? error.message)) : null;
  return { ...mutation, complaint: error === null ? null : `${general.failed} ${told ?? signIn.failed}` };
}

export function SaveBar({
  draft,
  isSaving,
  complaint,
  hasMistakes,
  always = false,
}: {
  draft: Pick<Draft<object>, 'isDirty' | 'undo'>;
  isSaving: boolean;
  complaint: string | null;
  hasMistakes: boolean;
  always?: boolean;
}) {
  const { desk, general } = useTexts();
  if (!draft.isDirty && !always) return null;
  return (
    <div>
      {complaint !== null && (
        <Alert color="red" role="alert" mb="sm">
          {complaint}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={draft.undo}>
          {desk.form.undo}
        </Button>
        <Button type="submit" loading={isSaving} disabled={hasMistakes}>
          {general.save}
        </Button>
      </Group>
    </div>
  );
}
