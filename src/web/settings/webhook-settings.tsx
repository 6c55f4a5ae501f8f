// Where events are told to, and whether they arrive.
import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { endpointList } from '../../webhooks/webhook-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';

export function WebhookSettings() {
  const { pages } = useTexts();
  const { settings: words } = pages;
  const query = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => callApi(endpointList, { path: '/webhooks', signal }),
  });
  const change = useChange(['webhooks']);
  return (
    <Stack>
      <Title order={2} size="h5">
        {words.webhooks}
      </Title>
      <Loaded query={query} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{words.noWebhooks}</Empty>
          ) : (
            items.map(({ id, url, events, isEnabled, disabledReason, waiting }) => (
              <Paper key={id} withBorder p="sm">
                <Group justify="space-between" wrap="nowrap">
                  <Text fw={600} size="sm" className="keep-lines">
                    {url}
                  </Text>
                  {isEnabled ? (
                    <Badge tt="none" color="brand.7">
                      {words.active}
                    </Badge>
                  ) : (
                    <Button size="xs" onClick={() => change.mutate({ path: `/webhooks/${id}/enable` })}>
                      {words.enable}
                    </Button>
                  )}
                </Group>
                <Text size="sm">{events.join(', ')}</Text>
                <Text size="sm" c="dimmed">
                  {[words.waiting(waiting), disabledReason].filter(Boolean).join(' · ')}
                </Text>
              </Paper>
            ))
          )
        }
      </Loaded>
    </Stack>
  );
}
