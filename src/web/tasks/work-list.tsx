// Tasks and cases look the same: what, for whom, whose, until when, what is due first standing first; late ones stand out.
// Filters and what is open are in the address.
import { Button, Stack, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { callApi } from '../app/call-api.ts';
import { serverClock } from '../app/server-clock.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { askFor, readers, type WorkKind, type WorkSearch } from './read-work.ts';
import { WorkDialog } from './work-dialog.tsx';
import { WorkFilters } from './work-filters.tsx';
import { WorkTable } from './work-table.tsx';

export function WorkList({ work }: { work: WorkKind }) {
  const { general, pages } = useTexts();
  const search: WorkSearch = useSearch({ from: work === 'tasks' ? '/shell/tasks' : '/shell/cases' });
  const navigate = useNavigate();
  const me = useMe();
  const { open, ...filter } = search;
  const query = useInfiniteQuery({
    queryKey: ['work', work, filter],
    queryFn: ({ pageParam, signal }) => {
      const asked = askFor(filter, me, serverClock);
      if (pageParam !== '') asked.set('cursor', pageParam);
      return callApi(readers[work].page, { path: `/${work}?${asked}`, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });
  const change = (next: WorkSearch) => void navigate({ to: `/${work}`, search: next, replace: true });
  const isFiltered = Object.values(filter).some((value) => value !== undefined && value !== false);
  const nothing = isFiltered ? pages.work.nothingFits : work === 'tasks' ? pages.work.noTasks : pages.work.noCases;
  return (
    <div className="page">
      <Stack className="page-inner">
        <Title order={1} size="h3">
          {pages.work[work]}
        </Title>
        <WorkFilters work={work} search={search} onChange={change} />
        <Loaded query={query}>
          {({ pages: loaded }) => {
            const rows = loaded.flatMap(({ items }) => items);
            return rows.length === 0 ? <Empty>{nothing}</Empty> : <WorkTable work={work} rows={rows} search={search} />;
          }}
        </Loaded>
        {query.hasNextPage && (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {general.loadMore}
          </Button>
        )}
      </Stack>
      {open !== undefined && <WorkDialog key={open} work={work} id={open} onClose={() => change(filter)} />}
    </div>
  );
}
