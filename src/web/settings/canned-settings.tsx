// Replies that are written once and used often.
import { Button, Group, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { cannedList } from '../../inbox/notes-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';

export function CannedSettings() {
  const { pages, general } = useTexts();
  const mayWrite = useMe().scopes.includes('conversations:write');
  const query = useQuery({
    queryKey: ['canned'],
    queryFn: ({ signal }) => callApi(cannedList, { path: '/canned-replies', signal }),
  });
  const change = useChange(['canned']);
  return (
    <Stack>
      <Title order={2} size="h5">
        {pages.settings.canned}
      </Title>
      {mayWrite && <NewReply />}
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{pages.settings.noCanned}</Empty>
          ) : (
            items.map(({ id, shortcut, title, text }) => (
              <Paper key={id} withBorder p="sm">
                <Group justify="space-between" wrap="nowrap" align="flex-start">
                  <div>
                    <Text fw={600} size="sm">
                      /{shortcut} · {title}
                    </Text>
                    <Text size="sm" className="keep-lines">
                      {text}
                    </Text>
                  </div>
                  {mayWrite && (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={`${general.remove}: ${title}`}
                      onClick={() => change.mutate({ method: 'DELETE', path: `/canned-replies/${id}` })}
                    >
                      {general.remove}
                    </Button>
                  )}
                </Group>
              </Paper>
            ))
          )
        }
      </Loaded>
    </Stack>
  );
}

const nothing = { shortcut: '', title: '', text: '' };

function NewReply() {
  const { pages, general } = useTexts();
  const { settings: words } = pages;
  const [reply, setReply] = useState(nothing);
  const change = useChange(['canned']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ path: '/canned-replies', body: reply }, { onSuccess: () => setReply(nothing) });
  };
  const set = (part: Partial<typeof nothing>) => setReply({ ...reply, ...part });
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      <Stack gap="sm">
        <Group grow align="flex-start">
          <TextInput
            label={words.shortcut}
            required
            leftSection="/"
            value={reply.shortcut}
            onChange={(event) => set({ shortcut: event.currentTarget.value })}
          />
          <TextInput
            label={words.name}
            required
            value={reply.title}
            onChange={(event) => set({ title: event.currentTarget.value })}
          />
        </Group>
        <Textarea
          label={words.text}
          description={words.cannedHint}
          required
          autosize
          minRows={2}
          value={reply.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={change.isPending}>
            {general.add}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
