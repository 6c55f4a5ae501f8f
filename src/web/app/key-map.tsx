// The keyboard map on the screen.
import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import type { Texts } from '../texts/vi.ts';
import { boundKeys, placedKeys } from './key-list.ts';
import { useTexts } from './use-texts.tsx';

export default function KeyMap({ onClose }: { onClose: () => void }) {
  const { shell, keys, general, inbox } = useTexts();
  const names: Record<string, string> = { ...keys, ...takenFrom(inbox) };
  return (
    <Modal opened onClose={onClose} title={shell.keys} centered closeButtonProps={{ 'aria-label': general.close }}>
      <Stack gap="xs">
        {[...boundKeys, ...placedKeys].map(([key, meaning]) => (
          <Group key={key} justify="space-between" wrap="nowrap">
            <Text size="sm">{names[meaning]}</Text>
            <Kbd>{key.length === 1 ? key.toUpperCase() : key}</Kbd>
          </Group>
        ))}
        <Text size="xs" c="dimmed">
          {shell.keysHint}
        </Text>
      </Stack>
    </Modal>
  );
}

/** What has a button is called as on its button. */
function takenFrom({ care, queues }: Texts['inbox']) {
  const { flow, training, task, case: opensCase } = care;
  return { flow, training, task, case: opensCase, mentions: queues.mentions };
}
