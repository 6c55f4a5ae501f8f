// What staff do with one piece of work. Each change is said to the server, and lists follow.
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { z } from 'zod';
import { GrowingField } from '../app/growing-field.tsx';
import { useMe } from '../app/session.tsx';
import { readLocal } from '../app/time.ts';
import { useTexts } from '../app/use-texts.tsx';
import { useAct } from '../customer/queries.ts';
import { colleaguesQuery } from '../inbox/queries.ts';
import type { Work, WorkKind } from './read-work.ts';

type Props = { work: WorkKind; item: Work };

/** Whose it is, and until when. */
export function OwnWork({ work, item }: Props) {
  const { pages } = useTexts();
  const { work: words } = pages;
  const me = useMe();
  const colleagues = useQuery(colleaguesQuery);
  const act = useAct(z.unknown());
  const [due, setDue] = useState('');
  const dueAt = readLocal(due);
  const change = (body: object) => act.mutate({ method: 'PUT', path: `/${work}/${item.id}`, body });
  const active = (colleagues.data ?? []).filter(({ status }) => status === 'active');
  return (
    <Group align="flex-end" gap="sm">
      {item.owner !== me.email && (
        <Button variant="default" loading={act.isPending} onClick={() => change({ owner: me.email })}>
          {words.take}
        </Button>
      )}
      <Select
        label={words.giveTo}
        searchable
        value={null}
        placeholder={colleagues.data?.find(({ email }) => email === item.owner)?.name ?? item.owner ?? words.nobody}
        data={active.map(({ email, name }) => ({ value: email, label: name }))}
        onChange={(owner) => owner !== null && change({ owner })}
      />
      <TextInput
        type="datetime-local"
        label={words.dueAt}
        value={due}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
      <Button
        variant="default"
        disabled={dueAt === null}
        loading={act.isPending}
        onClick={() => dueAt !== null && change({ dueAt: dueAt.toISOString() })}
      >
        {words.saveDue}
      </Button>
    </Group>
  );
}

/** Ends what is open with what came of it; opens a case again that was not mended after all. */
export function EndWork({ work, item }: Props) {
  const { pages } = useTexts();
  const { work: words } = pages;
  const me = useMe();
  const act = useAct(z.unknown());
  const [text, setText] = useState('');
  const isOpen = item.status === 'open';
  const isCase = work === 'cases';
  if (!isOpen && !isCase) return null;
  const said = text.trim();
  const send = (what: string, body: object) => {
    const path = `/${work}/${item.id}/${what}`;
    act.mutate({ path, body: { by: me.email, ...body } }, { onSuccess: () => setText('') });
  };
  const outcome = said === '' ? {} : { outcome: said };
  return (
    <Stack gap="xs">
      <GrowingField
        label={isOpen ? words.outcome : words.reopenWhy}
        description={isOpen && isCase ? words.outcomeRead : undefined}
        rows={2}
        maxLength={1000}
        required={isCase}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        {isOpen && !isCase && (
          <>
            <Button variant="default" loading={act.isPending} onClick={() => send('cancel', outcome)}>
              {words.drop}
            </Button>
            <Button loading={act.isPending} onClick={() => send('done', outcome)}>
              {words.finish}
            </Button>
          </>
        )}
        {isOpen && isCase && (
          <Button loading={act.isPending} disabled={said === ''} onClick={() => send('close', { outcome: said })}>
            {words.close}
          </Button>
        )}
        {!isOpen && (
          <Button
            variant="default"
            loading={act.isPending}
            disabled={said === ''}
            onClick={() => send('reopen', { reason: said })}
          >
            {words.reopen}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
