// Under the people whose name fits: messages in which the words stand, whatever queue their conversation is in.
import { Button, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import classes from './inbox.module.css';
import { hitsQuery } from './queries.ts';

export function MessageHits({ q, onOpen }: { q: string; onOpen: (id: string, messageId: string) => void }) {
  const { texts, language } = useSpoken();
  const { inbox } = texts;
  const query = useInfiniteQuery(hitsQuery(q));
  const hits = query.data?.pages.flatMap(({ messages }) => messages) ?? [];
  if (hits.length === 0) return null;
  return (
    <section className={classes.hits} aria-label={inbox.inMessages}>
      <Text size="xs" fw={600} px={12} py={6}>
        {inbox.inMessages}
      </Text>
      <ul>
        {hits.map(({ messageId, conversationId, customer, text, at }) => (
          <li key={messageId}>
            <button type="button" className={classes.hit} onClick={() => onOpen(conversationId, messageId)}>
              <span className={classes.rowTop}>
                <span className={classes.rowName}>{customer.name ?? inbox.nameless}</span>
                <time className={classes.rowTime} dateTime={at}>
                  {fullMoment(at, language)}
                </time>
              </span>
              <span className={classes.hitText}>{text}</span>
            </button>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          fullWidth
          size="xs"
          variant="subtle"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {inbox.moreMessages}
        </Button>
      )}
    </section>
  );
}
