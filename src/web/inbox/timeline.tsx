// Everything that was said and done, oldest first, held at its end; older pages come as one scrolls up, without a jump.
import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { Failed, LoadingRows } from '../app/states.tsx';
import { isSameDay } from '../app/time.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { TimelineItem } from './answers.ts';
import classes from './conversation.module.css';
import { timelineQuery } from './queries.ts';
import { DayMark, TimelineEntry } from './timeline-entry.tsx';
import { useHeldEnd } from './use-held-end.ts';

/** `ownWords`: how often the reader said something here; each brings them to the end. */
export function Timeline({ id, ownWords }: { id: string; ownWords: number }) {
  const query = useInfiniteQuery(timelineQuery(id));
  const items = useMemo(() => inOrder(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  if (query.data === undefined)
    return (
      <div className={classes.timeline}>
        {query.error ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingRows count={5} height={52} />
        )}
      </div>
    );
  return (
    <Thread
      items={items}
      hasOlder={query.hasNextPage}
      isLoading={query.isFetchingNextPage}
      onOlder={() => void query.fetchNextPage()}
      ownWords={ownWords}
    />
  );
}

/** Oldest first in the server's own order, each once: a page may have moved while the next was asked for. */
function inOrder(newestFirst: TimelineItem[]): TimelineItem[] {
  return [...new Map(newestFirst.map((item) => [item.id, item])).values()].reverse();
}

type ThreadProps = {
  items: TimelineItem[];
  hasOlder: boolean;
  isLoading: boolean;
  onOlder: () => void;
  ownWords: number;
};
const GUESSED_HEIGHT = 64;

function Thread({ items, hasOlder, isLoading, onOlder, ownWords }: ThreadProps) {
  const { inbox } = useTexts();
  const frame = useRef<HTMLDivElement>(null);
  const thread = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => GUESSED_HEIGHT,
    getItemKey: (n) => items[n]?.id ?? n,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 80,
    overscan: 8,
    paddingStart: 44,
    paddingEnd: 12,
  });
  const first = virtual.getVirtualItems()[0]?.index ?? 0;
  const { isHeld, hold, props } = useHeldEnd(frame, thread, ownWords);
  useEffect(() => {
    if (!isHeld && first < 5 && hasOlder && !isLoading) onOlder();
  }, [first, isHeld, hasOlder, isLoading, onOlder]);
  return (
    <div className={classes.timeline}>
      <div
        ref={frame}
        className={classes.scroll}
        role="log"
        aria-label={inbox.history}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
        tabIndex={0}
        {...props}
      >
        <div ref={thread} className={classes.thread} style={{ height: virtual.getTotalSize() }}>
          <Beginning hasOlder={hasOlder} isLoading={isLoading} onOlder={onOlder} />
          <Entries items={items} virtual={virtual} />
        </div>
      </div>
      {!isHeld && (
        <Button
          className={classes.toEnd ?? ''}
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={hold}
        >
          {inbox.newer}
        </Button>
      )}
    </div>
  );
}

function Beginning({ hasOlder, isLoading, onOlder }: Pick<ThreadProps, 'hasOlder' | 'isLoading' | 'onOlder'>) {
  const { inbox } = useTexts();
  return (
    <div className={classes.beginning}>
      {hasOlder ? (
        <Button size="compact-xs" variant="subtle" loading={isLoading} onClick={onOlder}>
          {inbox.older}
        </Button>
      ) : (
        inbox.beginning
      )}
    </div>
  );
}

type EntriesProps = { items: TimelineItem[]; virtual: Virtualizer<HTMLDivElement, Element> };

function Entries({ items, virtual }: EntriesProps) {
  return virtual.getVirtualItems().map(({ index, key, start }) => {
    const item = items[index];
    const before = items[index - 1];
    return (
      item && (
        <div
          key={key}
          ref={virtual.measureElement}
          data-index={index}
          className={classes.entry}
          style={{ transform: `translateY(${start}px)` }}
        >
          {(before === undefined || !isSameDay(item.at, before.at)) && <DayMark at={item.at} />}
          <TimelineEntry item={item} />
        </div>
      )
    );
  });
}
