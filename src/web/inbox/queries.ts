// What the inbox asks the server, and under which names the answers are kept.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { staffList } from '../../auth/staff-schema.ts';
import { searchAnswer } from '../../inbox/search-schema.ts';
import { callApi } from '../app/call-api.ts';
import { cannedList, conversationAnswer, inboxCounts, inboxPage, type QueueName, timelinePage } from './answers.ts';
import { END, type Place, refreshThread, type Thread } from './refresh-thread.ts';

export type Filter = { queue: QueueName; q?: string | undefined; channel?: string | undefined };

export const countsQuery = queryOptions({
  queryKey: ['inbox', 'counts'],
  queryFn: ({ signal }) => callApi(inboxCounts, { path: '/inbox/counts', signal }),
  refetchInterval: 60_000,
});

export const rowsQuery = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ['inbox', 'rows', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = queryOf({ ...filter, cursor: pageParam, limit: '50' });
      return callApi(inboxPage, { path: `/inbox/conversations?${query}`, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['inbox', 'conversation', id],
    queryFn: ({ signal }) => callApi(conversationAnswer, { path: `/inbox/conversations/${id}`, signal }),
  });

/** `messageId`: where it is opened, else at its end. Newest page first. */
export const timelineQuery = (id: string, messageId?: string) =>
  infiniteQueryOptions({
    queryKey: [...threadsOf(id), messageId ?? 'end'],
    queryFn: ({ pageParam, signal, client, queryKey }) => {
      const fetchPage = (place: Place) =>
        callApi(timelinePage, {
          path: `/inbox/conversations/${id}/timeline?${queryOf({ ...place, limit: '50' })}`,
          signal,
        });
      return refreshThread(client.getQueryData<Thread>(queryKey), pageParam, fetchPage);
    },
    initialPageParam: messageId === undefined ? END : { around: messageId },
    getNextPageParam: ({ nextBefore }): Place | null => (nextBefore === null ? null : { before: nextBefore }),
    getPreviousPageParam: ({ nextAfter }): Place | null => (nextAfter === null ? null : { after: nextAfter }),
  });

/** The beginning of the names under which a conversation's threads are kept, from wherever they were opened. */
export const threadsOf = (id: string) => ['inbox', 'timeline', id];

/** Customers and what was said, in every conversation that one may see; of no words, the newest customers. */
export const hitsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['search', q],
    queryFn: ({ pageParam, signal }) =>
      callApi(searchAnswer, { path: `/search?${queryOf({ q, cursor: pageParam })}`, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    enabled: q.length !== 1,
  });

export const cannedQuery = (conversationId: string) =>
  queryOptions({
    queryKey: ['canned', conversationId],
    queryFn: ({ signal }) => callApi(cannedList, { path: `/canned-replies?${queryOf({ conversationId })}`, signal }),
    staleTime: 60_000,
  });

function queryOf(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return new URLSearchParams(given).toString();
}

export const colleaguesQuery = queryOptions({
  queryKey: ['inbox', 'colleagues'],
  queryFn: async ({ signal }) => (await callApi(staffList, { path: '/staff', signal })).items,
});
