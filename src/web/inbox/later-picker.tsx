// A moment of one's own for sending later; what the window or the clock forbids is said at once.
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { serverClock } from '../app/server-clock.ts';
import { fullMoment, readLocal } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';

type Props = { closesAt: string | null; onChoose: (at: Date) => void; onClose: () => void };

export default function LaterPicker({ closesAt, onChoose, onClose }: Props) {
  const { texts, language } = useSpoken();
  const { composer: words } = texts.inbox;
  const [own, setOwn] = useState('');
  const refusal = refusalOf(own, closesAt, (at) => words.laterClosed(fullMoment(at, language)), words.laterGone);
  const choose = () => {
    const at = readLocal(own);
    if (at !== null) onChoose(at);
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.later}
      centered
      closeButtonProps={{ 'aria-label': texts.general.close }}
    >
      <TextInput
        type="datetime-local"
        label={words.laterPick}
        value={own}
        error={own === '' ? null : refusal}
        onChange={(event) => setOwn(event.currentTarget.value)}
        data-autofocus
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {texts.general.cancel}
        </Button>
        <Button disabled={own === '' || refusal !== null} onClick={choose}>
          {words.plan}
        </Button>
      </Group>
    </Modal>
  );
}

function refusalOf(own: string, closesAt: string | null, tooLate: (at: string) => string, gone: string): string | null {
  const at = readLocal(own)?.getTime() ?? 0;
  if (at <= serverClock()) return gone;
  return closesAt !== null && at > Date.parse(closesAt) ? tooLate(closesAt) : null;
}
