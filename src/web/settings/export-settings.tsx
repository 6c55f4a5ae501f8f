// Tables that managers open in Excel: for which days, and a link for each. The browser downloads them by itself.
import { Alert, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { localParts } from '../../flows/local-time.ts';
import { timeZone } from '../app/page-facts.ts';
import { serverClock } from '../app/server-clock.ts';
import { DownloadButton, type DownloadProps, useExportWords } from './download-button.tsx';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
/** The most that the server gives of the ledger at once. */
const MOST_DAYS = 92;

const dayAfter = (day: string, days = 1) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

function today(): string {
  const { year, month, day } = localParts(serverClock(), timeZone);
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

export function ExportSettings() {
  const words = useExportWords();
  const [to, setTo] = useState(today);
  const [from, setFrom] = useState(() => dayAfter(to, 1 - USUAL_DAYS));
  const isWhole = from !== '' && to !== '';
  const mistake = !isWhole ? words.missing : from > to ? words.backwards : null;
  const isLong = mistake === null && dayAfter(from, MOST_DAYS) <= to;
  const query = mistake === null ? `?from=${from}&to=${dayAfter(to)}` : null;
  return (
    <Stack>
      <Title order={2} size="h5">
        {words.title}
      </Title>
      <Text size="sm">{words.hint}</Text>
      <TableCard name="customers" query="" />
      <Group component="fieldset" bd={0} p={0} m={0} aria-label={words.period}>
        <TextInput
          type="date"
          label={words.from}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput type="date" label={words.to} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      </Group>
      <div role="status">
        {mistake !== null && <Alert color="red">{mistake}</Alert>}
        {isLong && <Alert color="yellow">{words.tooLong(MOST_DAYS)}</Alert>}
      </div>
      <TableCard name="survey-answers" query={query} />
      <TableCard name="offers" query={query} />
      <TableCard name="touchpoints" query={isLong ? null : query} />
    </Stack>
  );
}

function TableCard({ name, query }: DownloadProps) {
  const words = useExportWords();
  const { title, about } = words.tables[name];
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" wrap="wrap" gap="sm">
        <div style={{ flex: '1 1 240px' }}>
          <Text fw={600}>{title}</Text>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </div>
        <DownloadButton name={name} query={query} />
      </Group>
    </Paper>
  );
}
