// What the customer said about an open offer, written down with their reason.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { GrowingField } from '../app/growing-field.tsx';
import { useTexts } from '../app/use-texts.tsx';
import type { Context } from './context-answers.ts';
import { useChange } from './use-change.ts';

type Props = { id: string; offer: Context['openOffers'][number]; onClose: () => void };

export default function OfferAnswer({ id, offer, onClose }: Props) {
  const { inbox, general } = useTexts();
  const [reason, setReason] = useState('');
  const change = useChange();
  const say = (answer: 'accepted' | 'declined') => {
    const body = { answer, ...(reason.trim() === '' ? {} : { reason }) };
    const path = `/inbox/conversations/${id}/offers/${encodeURIComponent(offer.code)}`;
    change.mutate({ method: 'POST', path, body }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={inbox.care.offer(offer.code)}
      centered
      closeButtonProps={{ 'aria-label': general.close }}
    >
      <Stack>
        {offer.benefit !== null && <Text size="sm">{offer.benefit}</Text>}
        <GrowingField
          label={inbox.care.reason}
          rows={2}
          maxLength={1_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" loading={change.isPending} onClick={() => say('declined')}>
            {inbox.care.declined}
          </Button>
          <Button loading={change.isPending} onClick={() => say('accepted')}>
            {inbox.care.accepted}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
