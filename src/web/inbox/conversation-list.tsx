// The list of a queue, most urgent first; only what is on the screen is drawn, more comes as one scrolls.
import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useKeys } from '../app/keys.ts';
import { Empty, Failed, LoadingRows } from '../app/states.tsx';
import { useNow } from '../app/use-now.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Row } from './answers.ts';
import { ConversationRow } from './conversation-row.tsx';
import classes from './inbox.module.css';
import { MessageHits } from './message-hits.tsx';
import { type Filter, rowsQuery } from './queries.ts';

type Props = { filter: Filter; openId: string | undefined; onOpen: (id: string, messageId?: string) => void };
const ROW_HEIGHT = 84;

export function ConversationList({ filter, openId, onOpen }: Props) {
  const { inbox } = useTexts();
  const query = useInfiniteQuery(rowsQuery(filter));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const step = (by: number) => {
    const now = rows.findIndex((row) => row.id === openId);
    const next = rows[now === -1 ? 0 : now + by];
    if (next) onOpen(next.id);
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  return (
    <section className={classes.list} aria-label={inbox.list}>
      <Filters filter={filter} />
      {query.data !== undefined && rows.length > 0 ? (
        <Rows
          rows={rows}
          openId={openId}
          onOpen={onOpen}
          hasMore={query.hasNextPage && !query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      ) : query.data !== undefined ? (
        <Empty>{filter.q ? inbox.empty.found : emptyWords(filter.queue, inbox.empty)}</Empty>
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingRows count={8} height={68} />
      )}
      {filter.q && <MessageHits q={filter.q} onOpen={onOpen} />}
    </section>
  );
}

function emptyWords(queue: Filter['queue'], words: { waiting: string; mentions: string; other: string }): string {
  return queue === 'waiting' || queue === 'mentions' ? words[queue] : words.other;
}

function Filters({ filter }: { filter: Filter }) {
  const { inbox } = useTexts();
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  useKeys({ s: () => field.current?.focus() });
  const set = (values: { q?: string | undefined; channel?: 'zalo' | 'messenger' | undefined }) =>
    void navigate({
      to: '/inbox/$queue',
      params: { queue: filter.queue },
      search: (before) => ({ ...before, ...values }),
      replace: true,
    });
  const find = useDebouncedCallback((q: string) => set({ q: q.trim() || undefined }), 250);
  return (
    <search className={classes.filters}>
      <TextInput
        ref={field}
        size="sm"
        aria-label={inbox.search}
        placeholder={inbox.searchShort}
        title={inbox.onlyOpen}
        leftSection={<IconSearch size={16} aria-hidden />}
        defaultValue={filter.q ?? ''}
        onChange={(event) => find(event.currentTarget.value)}
      />
      <NativeSelect
        size="sm"
        aria-label={inbox.anyChannel}
        value={filter.channel ?? ''}
        onChange={(event) => {
          const { value } = event.currentTarget;
          set({ channel: value === 'zalo' || value === 'messenger' ? value : undefined });
        }}
        data={[
          { value: '', label: inbox.anyChannel },
          { value: 'zalo', label: inbox.channel.zalo },
          { value: 'messenger', label: inbox.channel.messenger },
        ]}
      />
    </search>
  );
}

type RowsProps = {
  rows: Row[];
  openId: string | undefined;
  onOpen: (id: string) => void;
  hasMore: boolean;
  onMore: () => void;
};

function Rows({ rows, openId, onOpen, hasMore, onMore }: RowsProps) {
  const now = useNow();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (n) => rows[n]?.id ?? n,
    overscan: 6,
  });
  const shown = virtual.getVirtualItems();
  const isNearEnd = (shown.at(-1)?.index ?? 0) >= rows.length - 8;
  useEffect(() => {
    if (isNearEnd && hasMore) onMore();
  }, [isNearEnd, hasMore, onMore]);
  return (
    <div ref={frame} className={classes.rows}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const row = rows[index];
          return (
            row && (
              <li key={key} style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}>
                <ConversationRow row={row} now={now} isOpen={row.id === openId} onOpen={onOpen} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
