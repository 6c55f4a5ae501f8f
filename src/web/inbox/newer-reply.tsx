// Somebody answered meanwhile: what they said, and the choice to send all the same.
import { Alert, Button, Group, Text } from '@mantine/core';
import { useTexts } from '../app/use-texts.tsx';
import type { Send } from './use-send.ts';

export function NewerReply({ send, onSendAnyway }: { send: Send; onSendAnyway: () => void }) {
  const { composer: words } = useTexts().inbox;
  if (send.newer === null) return null;
  return (
    <Alert mb="xs" color="yellow" role="alert" title={words.newerTitle(send.newer.by ?? '?')}>
      <Text size="sm" className="keep-lines" mb="xs">
        {send.newer.text}
      </Text>
      <Group justify="space-between">
        <Text size="sm">{words.newerHint}</Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={send.forgive}>
            {words.keepEditing}
          </Button>
          <Button size="xs" onClick={onSendAnyway}>
            {words.sendAnyway}
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}
