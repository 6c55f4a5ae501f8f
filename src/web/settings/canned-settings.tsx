// Replies that are written once and used often.
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type CannedAnswer, cannedList } from '../../inbox/notes-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';
import { CannedForm } from './canned-form.tsx';

export function CannedSettings() {
  const { pages } = useTexts();
  const mayWrite = useMe().scopes.includes('conversations:write');
  const query = useQuery({
    queryKey: ['canned'],
    queryFn: ({ signal }) => callApi(cannedList, { path: '/canned-replies', signal }),
  });
  return (
    <Stack>
      <Title order={2} size="h5">
        {pages.settings.canned}
      </Title>
      {mayWrite && <CannedForm reply={null} />}
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{pages.settings.noCanned}</Empty>
          ) : (
            items.map((reply) => <Reply key={reply.id} reply={reply} mayWrite={mayWrite} />)
          )
        }
      </Loaded>
    </Stack>
  );
}

function Reply({ reply, mayWrite }: { reply: CannedAnswer; mayWrite: boolean }) {
  const { general, desk } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const change = useChange(['canned']);
  const { id, shortcut, title, text } = reply;
  if (isOpen) return <CannedForm reply={reply} onDone={() => setOpen(false)} />;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start">
        <Stack gap={2} flex={1} miw={180}>
          <Text fw={600} size="sm">
            /{shortcut} · {title}
          </Text>
          <Text size="sm" className="keep-lines">
            {text}
          </Text>
        </Stack>
        {mayWrite && (
          <Group gap="xs">
            <Button size="xs" variant="default" aria-label={desk.canned.edit(title)} onClick={() => setOpen(true)}>
              {desk.form.edit}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={`${general.remove}: ${title}`}
              onClick={() => change.mutate({ method: 'DELETE', path: `/canned-replies/${id}` })}
            >
              {general.remove}
            </Button>
          </Group>
        )}
      </Group>
    </Paper>
  );
}
