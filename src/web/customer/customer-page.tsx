// Everything of one customer: what we know, and the ledger with the reason of each line.
import { Badge, Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type CustomerAnswer, customerAnswer } from '../../customers/customer-schema.ts';
import { type TouchpointAnswer, touchpointPage } from '../../ledger/touchpoint-schema.ts';
import { ApiError, callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';

export function CustomerPage() {
  const { pages, inbox } = useTexts();
  const { externalId } = useParams({ from: '/shell/customers/$externalId' });
  const path = `/customers/${encodeURIComponent(externalId)}`;
  const query = useQuery({
    queryKey: ['customer', externalId],
    queryFn: ({ signal }) => callApi(customerAnswer, { path, signal }),
  });
  if (query.error instanceof ApiError && query.error.status === 404) return <Empty>{pages.customer.unknown}</Empty>;
  return (
    <div className="page">
      <div className="page-inner">
        <Loaded query={query}>
          {(customer) => (
            <Stack>
              <Title order={1} size="h3">
                {customer.name ?? inbox.nameless}
              </Title>
              <Grid>
                <Grid.Col span={{ base: 12, md: 4 }}>
                  <Records customer={customer} />
                </Grid.Col>
                <Grid.Col span={{ base: 12, md: 8 }}>
                  <Ledger externalId={externalId} />
                </Grid.Col>
              </Grid>
            </Stack>
          )}
        </Loaded>
      </div>
    </div>
  );
}

function Records({ customer }: { customer: CustomerAnswer }) {
  const { pages, inbox } = useTexts();
  const { customer: words } = pages;
  const rows: [string, string | null | undefined][] = [
    [words.id, customer.externalId],
    [words.phone, customer.phone],
    [words.email, customer.email],
    [words.industry, customer.industry],
    [words.role, customer.role],
  ];
  return (
    <Paper withBorder p="md" component="section" aria-label={words.records}>
      <Title order={2} size="h5" mb="sm">
        {words.records}
      </Title>
      <dl className="facts">
        {rows.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {customer.tags.length > 0 && (
        <Group gap={6} mt="sm" aria-label={words.tags} role="group">
          {customer.tags.map((tag) => (
            <Badge key={tag} variant="default" tt="none">
              {tag}
            </Badge>
          ))}
        </Group>
      )}
      <Text size="xs" fw={600} mt="md" className="fact-name">
        {words.identities}
      </Text>
      {customer.channelIdentities.map(({ id, channel, peerId, displayName }) => (
        <Text key={id} size="sm" className="keep-lines">
          {inbox.channel[channel]} · {displayName ?? peerId}
        </Text>
      ))}
    </Paper>
  );
}

function Ledger({ externalId }: { externalId: string }) {
  const { pages, general } = useTexts();
  const { customer: words } = pages;
  const query = useInfiniteQuery({
    queryKey: ['ledger', externalId],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === '' ? '' : `&cursor=${pageParam}`;
      const path = `/customers/${encodeURIComponent(externalId)}/touchpoints?limit=50${cursor}`;
      return callApi(touchpointPage, { path, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });
  return (
    <Paper withBorder p="md" component="section" aria-label={words.history}>
      <Title order={2} size="h5" mb="sm">
        {words.history}
      </Title>
      <Loaded query={query}>
        {({ pages: loaded }) => {
          const lines = loaded.flatMap(({ items }) => items);
          return (
            <>
              {lines.length === 0 && <Empty>{words.noHistory}</Empty>}
              <ul className="plain-list">
                {lines.map((line) => (
                  <LedgerLine key={line.id} line={line} />
                ))}
              </ul>
              {query.hasNextPage && (
                <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {general.loadMore}
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </Paper>
  );
}

function LedgerLine({ line }: { line: TouchpointAnswer }) {
  const { texts, language } = useSpoken();
  const channels: Record<string, string> = texts.inbox.channel;
  return (
    <li className="ledger-line">
      <Group gap="xs">
        <Text size="xs" c="dimmed" component="time">
          {fullMoment(line.at, language)}
        </Text>
        <Badge size="sm" variant="default" tt="none">
          {line.kind}
        </Badge>
        <Text size="xs" c="dimmed">
          {[channels[line.channel ?? ''], line.flow, line.step].filter(Boolean).join(' · ')}
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
