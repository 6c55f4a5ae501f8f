// Finding a customer by name, phone or words they wrote, with or without dấu. The search is in the address.
import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { SearchAnswer } from '../../inbox/search-schema.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useRowKeys } from '../app/use-row-keys.ts';
import { hitsQuery } from '../inbox/queries.ts';
import { DownloadButton } from '../settings/download-button.tsx';
import { useSpoken } from './words.ts';

export function FindPage() {
  const { texts } = useSpoken();
  const { customer: words } = texts.pages;
  const { q = '' } = useSearch({ from: '/shell/customers' });
  const mayTakeAll = useMe().scopes.includes('exports');
  const navigate = useNavigate();
  const look = useDebouncedCallback(
    (value: string) => void navigate({ to: '/customers', search: { q: value.trim() || undefined }, replace: true }),
    250,
  );
  const query = useInfiniteQuery(hitsQuery(q));
  return (
    <div className="page">
      <Stack className="page-inner">
        <Group justify="space-between">
          <Title order={1} size="h3">
            {words.find}
          </Title>
          {mayTakeAll && <DownloadButton name="customers" query="" />}
        </Group>
        <TextInput
          label={words.findHint}
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={q}
          autoFocus
          onChange={(event) => look(event.currentTarget.value)}
        />
        {q === '' && (
          <Title order={2} size="h5">
            {words.newest}
          </Title>
        )}
        {q.length !== 1 && (
          <Loaded query={query}>{(data) => <Results pages={data.pages} isNewest={q === ''} />}</Loaded>
        )}
        {query.hasNextPage && (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {texts.general.loadMore}
          </Button>
        )}
      </Stack>
    </div>
  );
}

function Results({ pages: found, isNewest }: { pages: SearchAnswer[]; isNewest: boolean }) {
  const { texts, language } = useSpoken();
  const { pages, inbox } = texts;
  const customers = found.flatMap((page) => page.customers);
  const messages = found.flatMap((page) => page.messages);
  const keys = useRowKeys<HTMLDivElement>();
  if (customers.length + messages.length === 0)
    return <Empty>{isNewest ? pages.customer.nobodyYet : pages.customer.nothing}</Empty>;
  return (
    <Stack {...keys} gap="xs" component="section" aria-label={pages.customer.results}>
      {customers.map(({ id, externalId, name, phone }) => (
        <Link
          key={id}
          to="/customers/$externalId"
          params={{ externalId: externalId ?? id }}
          className="plain-link"
          data-row
        >
          <Paper withBorder p="sm">
            <Text fw={600}>{name ?? inbox.nameless}</Text>
            <Text size="sm" c="dimmed">
              {[externalId, phone].filter(Boolean).join(' · ')}
            </Text>
          </Paper>
        </Link>
      ))}
      {messages.map(({ messageId, conversationId, text, at }) => (
        <Link
          key={messageId}
          to="/inbox/$queue"
          params={{ queue: 'all' }}
          search={{ c: conversationId, message: messageId }}
          className="plain-link"
          data-row
        >
          <Paper withBorder p="sm">
            <Text size="sm" lineClamp={2}>
              {text}
            </Text>
            <Text size="xs" c="dimmed">
              {fullMoment(at, language)} · {pages.customer.openConversation}
            </Text>
          </Paper>
        </Link>
      ))}
    </Stack>
  );
}
