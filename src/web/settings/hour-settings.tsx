// Business hours, deadlines and policies: each setting as the server holds it, checked by it when it is saved.
import { Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { settingAnswer, settingNames } from '../../inbox/settings-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';
import classes from './settings.module.css';

export function HourSettings() {
  const { pages } = useTexts();
  return (
    <Stack>
      <Title order={2} size="h5">
        {pages.settings.hours}
      </Title>
      {settingNames.options.map((name) => (
        <Setting key={name} name={name} />
      ))}
    </Stack>
  );
}

function Setting({ name }: { name: string }) {
  const query = useQuery({
    queryKey: ['settings', name],
    queryFn: ({ signal }) => callApi(settingAnswer, { path: `/settings/${name}`, signal }),
  });
  return (
    <Loaded query={query} rows={1}>
      {({ value, updatedBy }) => (
        <SettingForm key={JSON.stringify(value)} name={name} value={JSON.stringify(value, null, 2)} by={updatedBy} />
      )}
    </Loaded>
  );
}

function SettingForm({ name, value, by }: { name: string; value: string; by: string | null }) {
  const { pages, general } = useTexts();
  const mayWrite = useMe().scopes.includes('settings:write');
  const [text, setText] = useState(value);
  const change = useChange(['settings']);
  const body = readJson(text);
  const names: Record<string, string> = pages.settings.names;
  return (
    <Paper withBorder p="md">
      <Textarea
        label={names[name] ?? name}
        description={by ?? undefined}
        classNames={{ input: classes.mono ?? '' }}
        autosize
        minRows={2}
        maxRows={14}
        readOnly={!mayWrite}
        value={text}
        error={body === undefined ? pages.settings.badJson : null}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {mayWrite && text !== value && (
        <Group justify="flex-end" mt="sm">
          <Text size="sm" c="dimmed">
            {pages.settings.json}
          </Text>
          <Button
            size="xs"
            disabled={body === undefined}
            loading={change.isPending}
            onClick={() => change.mutate({ method: 'PUT', path: `/settings/${name}`, body })}
          >
            {general.save}
          </Button>
        </Group>
      )}
    </Paper>
  );
}

/** undefined when it is none. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
