// Finding a customer by name, phone or words they wrote, with or without dấu. The search is in the address.
import { Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type SearchAnswer, searchAnswer } from '../../inbox/search-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from './words.ts';

export function FindPage() {
  const { texts } = useSpoken();
  const { customer: words } = texts.pages;
  const { q = '' } = useSearch({ from: '/shell/customers' });
  const navigate = useNavigate();
  const look = useDebouncedCallback(
    (value: string) => void navigate({ to: '/customers', search: { q: value.trim() || undefined }, replace: true }),
    250,
  );
  const query = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => callApi(searchAnswer, { path: `/search?q=${encodeURIComponent(q)}`, signal }),
    enabled: q.length > 1,
  });
  return (
    <div className="page">
      <Stack className="page-inner">
        <Title order={1} size="h3">
          {words.find}
        </Title>
        <TextInput
          label={words.findHint}
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={q}
          autoFocus
          onChange={(event) => look(event.currentTarget.value)}
        />
        {q.length > 1 && <Loaded query={query}>{(data) => <Results data={data} />}</Loaded>}
      </Stack>
    </div>
  );
}

function Results({ data }: { data: SearchAnswer }) {
  const { texts, language } = useSpoken();
  const { pages, inbox } = texts;
  if (data.customers.length + data.messages.length === 0) return <Empty>{pages.customer.nothing}</Empty>;
  return (
    <Stack gap="xs" component="section" aria-label={pages.customer.results}>
      {data.customers.map(({ id, externalId, name, phone }) => (
        <Link key={id} to="/customers/$externalId" params={{ externalId: externalId ?? id }} className="plain-link">
          <Paper withBorder p="sm">
            <Text fw={600}>{name ?? inbox.nameless}</Text>
            <Text size="sm" c="dimmed">
              {[externalId, phone].filter(Boolean).join(' · ')}
            </Text>
          </Paper>
        </Link>
      ))}
      {data.messages.map(({ conversationId, text, at }) => (
        <Link
          key={`${conversationId}-${at}`}
          to="/inbox/$queue"
          params={{ queue: 'all' }}
          search={{ c: conversationId }}
          className="plain-link"
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
