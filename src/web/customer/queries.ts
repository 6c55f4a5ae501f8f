// What the page of a customer asks, and how it changes something: refused changes say so, and everything is asked anew.

import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { customerAnswer } from '../../customers/customer-schema.ts';
import { customerPage } from '../../customers/page-schema.ts';
import { ApiError, type Call, callApi } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { useTexts } from './words.ts';

const uuid = z.uuid();

/** Addresses name a customer by our own id, or by that of the business. */
export const pageQuery = (who: string) =>
  queryOptions({
    queryKey: ['customer', who],
    queryFn: async ({ signal }) => await callApi(customerPage, { path: pathOf(await idOf(who, signal)), signal }),
    retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status === 404),
  });

async function idOf(who: string, signal: AbortSignal): Promise<string> {
  if (uuid.safeParse(who).success) return who;
  const { id } = await callApi(customerAnswer, { path: `/customers/${encodeURIComponent(who)}`, signal });
  return id;
}

export const pathOf = (id: string) => `/customers/by-id/${id}`;

/**
 * `mutate(call)` changes; answers are checked by `schema`, everything of customers is asked anew. `onDone` is told before
 * that, so also when what asked for it goes with what it asked about.
 */
export function useAct<T>(schema: z.ZodType<T>, onDone?: (answer: T) => void) {
  const queries = useQueryClient();
  const { general, signIn } = useTexts();
  return useMutation<T, Error, Call>({
    mutationFn: (call) => callApi(schema, { method: 'POST', onceKey: crypto.randomUUID(), ...call }),
    onSuccess: (answer) => onDone?.(answer),
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) return;
      const words = error instanceof ApiError && error.status !== 0 ? error.message : signIn.unreachable;
      notify({ color: 'red', title: general.failed, message: words });
    },
    onSettled: () =>
      Promise.all(
        ['customer', 'ledger', 'requests', 'work'].map((touched) => queries.invalidateQueries({ queryKey: [touched] })),
      ),
  });
}
