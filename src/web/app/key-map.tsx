// The keyboard map on the screen.
import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useTexts } from './use-texts.tsx';

export default function KeyMap({ onClose }: { onClose: () => void }) {
  const { shell, keys, general } = useTexts();
  const rows: [string, string][] = [
    ['J', keys.next],
    ['K', keys.previous],
    ['R', keys.reply],
    ['N', keys.note],
    ['T', keys.take],
    ['B', keys.handBack],
    ['E', keys.resolve],
    ['/', keys.canned],
    ['S', keys.search],
    ['Ctrl + Enter', keys.send],
    ['Esc', keys.leaveField],
    ['?', keys.map],
  ];
  return (
    <Modal opened onClose={onClose} title={shell.keys} centered closeButtonProps={{ 'aria-label': general.close }}>
      <Stack gap="xs">
        {rows.map(([key, meaning]) => (
          <Group key={key} justify="space-between" wrap="nowrap">
            <Text size="sm">{meaning}</Text>
            <Kbd>{key}</Kbd>
          </Group>
        ))}
        <Text size="xs" c="dimmed">
          {shell.keysHint}
        </Text>
      </Stack>
    </Modal>
  );
}
