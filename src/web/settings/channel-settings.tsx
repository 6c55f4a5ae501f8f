// How the channels, the database and the flows are doing, as the server itself says it.
import { Alert, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';

const readiness = z.object({
  status: z.string(),
  database: z.string(),
  channels: z.record(z.string(), z.string().nullable()),
  flows: z.object({ active: z.array(z.string()), problems: z.array(z.string()) }),
});

export function ChannelSettings() {
  const { inbox, pages } = useTexts();
  const { settings: words } = pages;
  const names: Record<string, string> = inbox.channel;
  const query = useQuery({
    queryKey: ['readiness'],
    // 503 says the same in the same form.
    queryFn: async ({ signal }) => readiness.parse(await (await fetch('/readyz', { signal })).json()),
    refetchInterval: 15_000,
  });
  return (
    <Loaded query={query} rows={3}>
      {({ database, channels, flows }) => (
        <Stack>
          <Title order={2} size="h5">
            {words.channels}
          </Title>
          {Object.entries(channels).map(([name, trouble]) => (
            <Health key={name} name={names[name] ?? name} trouble={trouble} />
          ))}
          <Health name={words.database} trouble={database === 'ok' ? null : database} />
          <Title order={2} size="h5">
            {words.flows}
          </Title>
          <Group gap={6}>
            {flows.active.map((name) => (
              <Badge key={name} variant="default" tt="none">
                {name}
              </Badge>
            ))}
          </Group>
          {flows.problems.length > 0 && (
            <Alert color="red" title={words.flowProblems}>
              {flows.problems.map((problem) => (
                <Text key={problem} size="sm" className="keep-lines">
                  {problem}
                </Text>
              ))}
            </Alert>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function Health({ name, trouble }: { name: string; trouble: string | null }) {
  const { settings: words } = useTexts().pages;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        <Text fw={600}>{name}</Text>
        <Badge color={trouble === null ? 'brand.7' : 'red.9'} tt="none" variant="filled">
          {trouble === null ? words.well : '!'}
        </Badge>
      </Group>
      {trouble !== null && (
        <Text size="sm" mt={4} className="keep-lines">
          {trouble}
        </Text>
      )}
    </Paper>
  );
}
