// A change of a conversation: asked of the server, told when it was refused, and everything shown is asked anew.

import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, type Call, tell } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { useTexts } from '../app/use-texts.tsx';

/** `mutate(call)` changes; lists and the conversation follow, whether it was done or refused. */
export function useChange(touches: string[] = ['inbox']): UseMutationResult<void, Error, Call> {
  const queries = useQueryClient();
  const { general, signIn } = useTexts();
  return useMutation({
    mutationFn: (call: Call) => tell({ onceKey: crypto.randomUUID(), ...call }),
    onError: (error) => {
      const words = error instanceof ApiError && error.status !== 0 ? error.message : signIn.unreachable;
      if (error instanceof ApiError && error.status === 401) return;
      notify({ color: 'red', title: general.failed, message: words });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: touches }),
  });
}
