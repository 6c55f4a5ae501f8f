// Tasks and cases look the same: what, for whom, whose, until when; late ones stand out.
import { Badge, Button, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useNow } from '../app/use-now.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';

export type WorkRow = {
  id: string;
  words: string;
  kind: string;
  customer: string | null;
  owner: string | null;
  dueAt: string | null;
  isOpen: boolean;
};

type Page = { items: unknown[]; nextCursor: string | null };
type Props<P extends Page> = {
  title: string;
  nothing: string;
  /** "/tasks" or "/cases". */
  path: string;
  schema: z.ZodType<P>;
  toRow: (item: P['items'][number]) => WorkRow;
  action?: (row: WorkRow) => ReactNode;
};

export function WorkPage<P extends Page>({ title, nothing, path, schema, toRow, action }: Props<P>) {
  const { general, pages } = useTexts();
  const [status, setStatus] = useState('open');
  const query = useInfiniteQuery({
    queryKey: ['work', path, status],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: '50', ...(status === 'open' ? { status } : {}) });
      if (pageParam !== '') asked.set('cursor', pageParam);
      return callApi(schema, { path: `${path}?${asked}`, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page: P) => page.nextCursor,
  });
  return (
    <div className="page">
      <Stack className="page-inner">
        <Title order={1} size="h3">
          {title}
        </Title>
        <SegmentedControl
          w="fit-content"
          aria-label={pages.work.status}
          value={status}
          onChange={setStatus}
          data={[
            { value: 'open', label: pages.work.open },
            { value: 'all', label: pages.work.all },
          ]}
        />
        <Loaded query={query}>
          {({ pages: loaded }) => {
            const rows = loaded.flatMap(({ items }) => items.map(toRow));
            return rows.length === 0 ? <Empty>{nothing}</Empty> : <WorkTable rows={rows} action={action} />;
          }}
        </Loaded>
        {query.hasNextPage && (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {general.loadMore}
          </Button>
        )}
      </Stack>
    </div>
  );
}

function WorkTable({ rows, action }: { rows: WorkRow[]; action: ((row: WorkRow) => ReactNode) | undefined }) {
  const { texts, language } = useSpoken();
  const { work: words } = texts.pages;
  const now = useNow();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
    <section className="scroll-x" aria-label={words.title} tabIndex={0}>
      <Table verticalSpacing="sm" miw={680}>
        <Table.Thead>
          <Table.Tr>
            {[words.title, words.kind, words.customer, words.owner, words.due].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
            {action && <Table.Th aria-label={words.done} />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>{row.words}</Table.Td>
              <Table.Td>{row.kind}</Table.Td>
              <Table.Td>
                {row.customer && (
                  <Link to="/customers/$externalId" params={{ externalId: row.customer }} className="text-link">
                    {row.customer}
                  </Link>
                )}
              </Table.Td>
              <Table.Td>{row.owner}</Table.Td>
              <Table.Td>
                {row.dueAt && (
                  <Text size="sm" span>
                    {fullMoment(row.dueAt, language)}
                  </Text>
                )}{' '}
                {row.isOpen && row.dueAt && Date.parse(row.dueAt) < now && (
                  <Badge color="red.9" size="sm" tt="none">
                    {words.overdue}
                  </Badge>
                )}
              </Table.Td>
              {action && <Table.Td>{row.isOpen && action(row)}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
