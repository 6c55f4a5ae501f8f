// Sending what was written: once for one wish, refused when a colleague answered meanwhile, kept until the server has it.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, callApi, tell } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { useTexts } from '../app/use-texts.tsx';
import { newerReply, sentAnswer } from './answers.ts';
import { useNewestStaffMessage } from './newest-staff-message.ts';
import { useWish } from './use-wish.ts';

export type Draft =
  | { mode: 'note'; text: string; mentions: string[] }
  | { mode: 'reply'; text: string; attachmentIds: string[]; sendAt: string | null };
export type Send = ReturnType<typeof useSend>;

export function useSend(id: string, onTaken: (mode: Draft['mode']) => void) {
  const queries = useQueryClient();
  const { inbox } = useTexts();
  const newest = useNewestStaffMessage(id);
  const [newer, setNewer] = useState<{ by: string | null; text: string | null } | null>(null);
  const wish = useWish();
  const mutation = useMutation({
    mutationFn: async (draft: Draft) => {
      const { key, seen } = wish.take(JSON.stringify(draft), newest.current());
      const once = { method: 'POST', onceKey: key } as const;
      const path = `/inbox/conversations/${id}`;
      if (draft.mode === 'note') {
        const { text, mentions } = draft;
        return await tell({ ...once, path: `${path}/notes`, body: { text, mentions } });
      }
      const body = { ...replyOf(draft), seenStaffMessageId: seen };
      newest.saw((await callApi(sentAnswer, { ...once, path: `${path}/messages`, body })).newestStaffMessageId);
    },
    onSuccess: (_, { mode }) => {
      wish.end();
      setNewer(null);
      onTaken(mode);
    },
    onError: (error) => {
      wish.end(error);
      if (error instanceof ApiError && error.code === 'newer_reply') {
        const details = newerReply.safeParse(error.details);
        setNewer(details.success ? details.data : { by: null, text: null });
        if (details.success) newest.saw(details.data.newestStaffMessageId);
      } else if (!(error instanceof ApiError && error.status === 401))
        notify({ color: 'red', title: inbox.composer.failed, message: error.message });
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['inbox'] }),
  });
  return { isPending: mutation.isPending, newer, forgive: () => setNewer(null), go: mutation.mutate };
}

function replyOf({ text, attachmentIds, sendAt }: Extract<Draft, { mode: 'reply' }>) {
  return {
    ...(text.trim() === '' ? {} : { text }),
    ...(attachmentIds.length === 0 ? {} : { attachmentIds }),
    ...(sendAt === null ? {} : { sendAt }),
  };
}
