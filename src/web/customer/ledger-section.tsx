// The whole ledger of a customer with the reason of each line, what was not done as well; the filter is in the address.
import { Badge, Button, Group, Select, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { CustomerPage } from '../../customers/page-schema.ts';
import { type TouchpointAnswer, touchpointPage } from '../../ledger/touchpoint-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { ledgerGroups } from './ledger-groups.ts';
import { Panel, worded } from './parts.tsx';
import { pathOf } from './queries.ts';
import { useSpoken, useTexts } from './words.ts';

export function LedgerSection({ customer }: { customer: CustomerPage }) {
  const { pages, general } = useTexts();
  const { customer: words } = pages;
  const { kind = 'all' } = useSearch({ from: '/shell/customers/$externalId' });
  const kinds = ledgerGroups[kind]?.join(',') ?? '';
  const query = useInfiniteQuery({
    queryKey: ['ledger', customer.id, kinds],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: '50' });
      if (pageParam !== '') asked.set('cursor', pageParam);
      if (kinds !== '') asked.set('kind', kinds);
      return callApi(touchpointPage, { path: `${pathOf(customer.id)}/touchpoints?${asked}`, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });
  return (
    <Panel title={words.history} action={<GroupChoice kind={kind} />}>
      <Loaded query={query}>
        {({ pages: loaded }) => {
          const lines = loaded.flatMap(({ items }) => items);
          if (lines.length === 0) return <Empty>{kind === 'all' ? words.noHistory : words.noneOfKind}</Empty>;
          return (
            <ul className="plain-list">
              {lines.map((line) => (
                <LedgerLine key={line.id} line={line} />
              ))}
            </ul>
          );
        }}
      </Loaded>
      {query.hasNextPage && (
        <Button mt="sm" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {general.loadMore}
        </Button>
      )}
    </Panel>
  );
}

function GroupChoice({ kind }: { kind: string }) {
  const { pages } = useTexts();
  const { externalId } = useParams({ from: '/shell/customers/$externalId' });
  const navigate = useNavigate();
  return (
    <Select
      size="xs"
      aria-label={pages.customer.kind}
      allowDeselect={false}
      value={kind}
      data={Object.entries(pages.ledgerGroups).map(([value, label]) => ({ value, label }))}
      onChange={(next) => {
        const search = { s: 'history', ...(next === 'all' || next === null ? {} : { kind: next }) };
        void navigate({ to: '/customers/$externalId', params: { externalId }, search, replace: true });
      }}
    />
  );
}

function LedgerLine({ line }: { line: TouchpointAnswer }) {
  const { texts, language } = useSpoken();
  const status = line.message?.status;
  const where = [
    line.channel && worded(texts.inbox.channel, line.channel),
    line.flow,
    line.step,
    status && worded(texts.inbox.status, status),
  ];
  return (
    <li className="ledger-line">
      <Group gap="xs">
        <Text size="xs" c="dimmed" component="time">
          {fullMoment(line.at, language)}
        </Text>
        <Badge size="sm" variant="default" tt="none">
          {worded(texts.pages.ledger, line.kind)}
        </Badge>
        <Text size="xs" c="dimmed" className="keep-lines">
          {where.filter(Boolean).join(' · ')}
        </Text>
      </Group>
      {line.text && (
        <Text size="sm" className="keep-lines">
          {line.text}
        </Text>
      )}
      {line.reason && (
        <Text size="sm" className="keep-lines fact-name">
          {texts.pages.customer.reason}: {line.reason}
        </Text>
      )}
    </li>
  );
}
