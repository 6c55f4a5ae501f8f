// Erasing somebody: what goes, what stays, and a word that must be typed, because nothing brings them back.
import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { CustomerPage } from '../../customers/page-schema.ts';
import { erasureReceipt } from '../../privacy/privacy-schema.ts';
import { notify } from '../app/notify.ts';
import { Panel } from './parts.tsx';
import { pathOf, useAct } from './queries.ts';
import { useTexts } from './words.ts';

export function ErasePanel({ customer }: { customer: CustomerPage }) {
  const { pages } = useTexts();
  const { erase: words } = pages.customer;
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel title={words.title}>
      <Group justify="space-between">
        <Text size="sm">{words.hint}</Text>
        <Button color="red" variant="light" onClick={() => setOpen(true)}>
          {words.title}
        </Button>
      </Group>
      {isOpen && <EraseDialog customer={customer} onClose={() => setOpen(false)} />}
    </Panel>
  );
}

function EraseDialog({ customer, onClose }: { customer: CustomerPage; onClose: () => void }) {
  const { pages, general } = useTexts();
  const { erase: words } = pages.customer;
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const act = useAct(erasureReceipt, ({ receipt }) => {
    notify({ message: words.done(receipt), autoClose: false });
    void navigate({ to: '/customers' });
  });
  const isSure = typed.trim().toLocaleLowerCase('vi') === words.word;
  const erase = (event: FormEvent) => {
    event.preventDefault();
    if (!isSure) return;
    act.mutate({ method: 'DELETE', path: pathOf(customer.id) });
  };
  return (
    <Modal opened onClose={onClose} title={words.title} centered closeButtonProps={{ 'aria-label': general.close }}>
      <form onSubmit={erase}>
        <Stack>
          <List size="sm" spacing="xs">
            <List.Item>{words.goes}</List.Item>
            <List.Item>{words.stays}</List.Item>
            <List.Item>{words.back}</List.Item>
          </List>
          <TextInput
            data-autofocus
            label={words.type(words.word)}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {general.cancel}
            </Button>
            <Button type="submit" color="red.9" disabled={!isSure} loading={act.isPending}>
              {words.act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
