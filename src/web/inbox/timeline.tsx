// Everything that was said and done, oldest first, held at its end or at what was found; further pages come as one
// scrolls, without a jump.
import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useMemo, useRef } from 'react';
import { ApiError } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { Failed, LoadingRows } from '../app/states.tsx';
import { fullMoment, isSameDay } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import type { TimelineItem } from './answers.ts';
import classes from './conversation.module.css';
import { timelineQuery } from './queries.ts';
import { DayMark, TimelineEntry } from './timeline-entry.tsx';
import { useHeldEnd } from './use-held-end.ts';

type Props = {
  id: string;
  /** What was found: the thread opens there and marks it. */
  messageId: string | undefined;
  onEnd: () => void;
  /** How often the reader said something here; each brings them to the end. */
  ownWords: number;
};

export function Timeline({ id, messageId, onEnd, ownWords }: Props) {
  const { inbox } = useTexts();
  const query = useInfiniteQuery(timelineQuery(id, messageId));
  const items = useMemo(() => inOrder(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  const found = items.findIndex((item) => item.id === messageId);
  const isGone = query.error instanceof ApiError && query.error.code === 'message_not_found';
  useEffect(() => {
    if (!isGone) return;
    notify({ message: inbox.foundGone });
    onEnd();
  }, [isGone, onEnd, inbox.foundGone]);
  return (
    <div className={classes.timeline}>
      <FoundSaid item={items[found]} />
      {query.data !== undefined ? (
        <Thread
          items={items}
          found={found === -1 ? null : found}
          hasOlder={query.hasNextPage}
          hasNewer={query.hasPreviousPage}
          isLoading={query.isFetchingNextPage || query.isFetchingPreviousPage}
          onOlder={() => void query.fetchNextPage()}
          onNewer={() => void query.fetchPreviousPage()}
          onEnd={onEnd}
          ownWords={ownWords}
        />
      ) : query.error && !isGone ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingRows count={5} height={52} />
      )}
    </div>
  );
}

/** Oldest first in the server's own order, each once: a page may have moved while the next was asked for. */
function inOrder(newestFirst: TimelineItem[]): TimelineItem[] {
  return [...new Map(newestFirst.map((item) => [item.id, item])).values()].reverse();
}

/** Where one is, for who does not see it. */
function FoundSaid({ item }: { item: TimelineItem | undefined }) {
  const { texts, language } = useSpoken();
  return (
    <p role="status" className="visually-hidden">
      {item && texts.inbox.foundAt(fullMoment(item.at, language))}
    </p>
  );
}

type ThreadProps = {
  items: TimelineItem[];
  found: number | null;
  hasOlder: boolean;
  hasNewer: boolean;
  isLoading: boolean;
  onOlder: () => void;
  onNewer: () => void;
  onEnd: () => void;
  ownWords: number;
};
const GUESSED_HEIGHT = 64;
/** So few rows beyond what is drawn, and more are asked for. */
const FEW = 5;

function Thread({ items, found, hasOlder, hasNewer, isLoading, onOlder, onNewer, onEnd, ownWords }: ThreadProps) {
  const { inbox } = useTexts();
  const frame = useRef<HTMLDivElement>(null);
  const thread = useRef<HTMLDivElement>(null);
  const virtual = useThread(frame, items, hasNewer);
  const drawn = virtual.getVirtualItems();
  const [first, last] = [drawn[0]?.index ?? 0, drawn.at(-1)?.index ?? 0];
  const { held, hold, props } = useHeldEnd(frame, thread, {
    again: ownWords,
    isWhole: !hasNewer,
    findTop: found === null ? null : () => virtual.getOffsetForIndex(found, 'center')?.[0] ?? null,
  });
  const wantsOlder = held !== 'end' && first < FEW && hasOlder && !isLoading;
  const wantsNewer = hasNewer && last > items.length - FEW && !isLoading;
  useEffect(() => {
    if (wantsOlder) onOlder();
    else if (wantsNewer) onNewer();
  }, [wantsOlder, wantsNewer, onOlder, onNewer]);
  return (
    <>
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
          <Entries items={items} found={found} virtual={virtual} />
        </div>
      </div>
      {(held !== 'end' || hasNewer) && (
        <Button
          className={classes.toEnd ?? ''}
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={hasNewer ? onEnd : hold}
        >
          {inbox.newer}
        </Button>
      )}
    </>
  );
}

/** What is drawn stays where it is while pages come on either side; at the true end what is new is followed. */
function useThread(frame: RefObject<HTMLDivElement | null>, items: TimelineItem[], hasNewer: boolean) {
  return useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => GUESSED_HEIGHT,
    getItemKey: (n) => items[n]?.id ?? n,
    anchorTo: 'end',
    followOnAppend: !hasNewer,
    scrollEndThreshold: hasNewer ? 0 : 80,
    overscan: 8,
    paddingStart: 44,
    paddingEnd: 12,
  });
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

type EntriesProps = { items: TimelineItem[]; found: number | null; virtual: Virtualizer<HTMLDivElement, Element> };

function Entries({ items, found, virtual }: EntriesProps) {
  const { inbox } = useTexts();
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
          data-found={index === found || undefined}
          aria-current={index === found || undefined}
          style={{ transform: `translateY(${start}px)` }}
        >
          {(before === undefined || !isSameDay(item.at, before.at)) && <DayMark at={item.at} />}
          {index === found && <p className={classes.foundMark}>{inbox.found}</p>}
          <TimelineEntry item={item} />
        </div>
      )
    );
  });
}
