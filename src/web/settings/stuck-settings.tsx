// What got stuck, in four lists: read it, mend it, run it again, or let it go with a reason.
import { Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import { deadCounts } from '../../health/dead-letters-schema.ts';
import { callApi } from '../app/call-api.ts';
import { LoadingRows } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import classes from './settings.module.css';
import { StuckDeliveries } from './stuck-deliveries.tsx';
import { StuckEvents } from './stuck-events.tsx';
import { StuckFlows } from './stuck-flows.tsx';
import { StuckMessages } from './stuck-messages.tsx';

const lists = [
  { name: 'events', Part: StuckEvents },
  { name: 'messages', Part: StuckMessages },
  { name: 'deliveries', Part: StuckDeliveries },
  { name: 'flows', Part: StuckFlows },
] as const;

function firstOf(counts: z.infer<typeof deadCounts> | undefined): string {
  return (lists.find(({ name }) => (counts?.[name] ?? 0) > 0) ?? lists[0]).name;
}

export function StuckSettings() {
  const { stuck: words } = useTexts().desk;
  const counts = useQuery({
    queryKey: ['dead-letters', 'counts'],
    queryFn: ({ signal }) => callApi(deadCounts, { path: '/dead-letters', signal }),
    refetchInterval: 30_000,
  });
  const [chosen, choose] = useState<string | null>(null);
  // It opens at the first list that holds something, and stays there when that one is mended.
  if (chosen === null && !counts.isPending) choose(firstOf(counts.data));
  return (
    <Stack>
      <Title order={2} size="h5">
        {words.title}
      </Title>
      <Text size="sm" className="fact-name">
        {words.hint}
      </Text>
      <Tabs value={chosen} onChange={choose} keepMounted={false}>
        <Tabs.List aria-label={words.title} className={classes.tabs ?? ''}>
          {lists.map(({ name }) => (
            <Tabs.Tab key={name} value={name}>
              {words[name]} {counts.data ? `(${counts.data[name]})` : ''}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {chosen === null && <LoadingRows count={3} />}
        {lists.map(({ name, Part }) => (
          <Tabs.Panel key={name} value={name} pt="md">
            <Part />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
