// The conversations behind a number: open one, give it to somebody else, take it back, or whisper to who leads it.
import { Alert, Button, Drawer, Group, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type SupervisedRow, supervisedList } from '../../inbox/supervision-schema.ts';
import { callApi } from '../app/call-api.ts';
import { GrowingField } from '../app/growing-field.tsx';
import { notify } from '../app/notify.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { colleaguesQuery } from '../inbox/queries.ts';
import { useChange } from '../inbox/use-change.ts';
import { ConversationLink, type Opened } from './opened.tsx';

export function SupervisedRows({ wanted, onClose }: { wanted: Opened; onClose: () => void }) {
  const { desk, general } = useTexts();
  const { of, staff, team, title } = wanted;
  const search = new URLSearchParams({ of, ...(staff ? { staff } : {}), ...(team ? { team } : {}) }).toString();
  const query = useQuery({
    queryKey: ['inbox', 'rows', 'supervised', search],
    queryFn: ({ signal }) => callApi(supervisedList, { path: `/inbox/supervision/conversations?${search}`, signal }),
    refetchInterval: 20_000,
  });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={title}
      closeButtonProps={{ 'aria-label': general.close }}
    >
      <Loaded query={query}>
        {({ items, isMore }) =>
          items.length === 0 ? (
            <Empty>{desk.supervisor.noRows}</Empty>
          ) : (
            <Stack gap="xs">
              {items.map((row) => (
                <Row key={row.id} row={row} />
              ))}
              {isMore && <Text size="sm">{desk.supervisor.more}</Text>}
            </Stack>
          )
        }
      </Loaded>
    </Drawer>
  );
}

function Row({ row }: { row: SupervisedRow }) {
  const { texts, language } = useSpoken();
  const { supervisor: words } = texts.desk;
  const names: Record<string, string> = texts.inbox.channel;
  const [isWhispering, setWhispering] = useState(false);
  const due = row.dueAt === null ? null : `${words.due} ${fullMoment(row.dueAt, language)}`;
  const isOpen = row.state === 'waiting_for_agent' || row.state === 'with_agent';
  return (
    <Paper withBorder p="sm">
      <Stack gap={6}>
        <Group justify="space-between">
          <ConversationLink id={row.id} name={row.customer} />
          <Text size="sm" c={row.isOverdue ? 'red.8' : undefined}>
            {row.isOverdue ? `${words.overdue} · ${due}` : due}
          </Text>
        </Group>
        <Text size="sm" className="fact-name">
          {[names[row.channel], row.assignee?.name ?? words.nobody, row.team?.name].filter(Boolean).join(' · ')}
        </Text>
        {isOpen && (
          <Group gap="xs">
            <Give row={row} />
            {row.assignee && (
              <Button size="xs" variant="default" onClick={() => setWhispering(!isWhispering)}>
                {words.whisper}
              </Button>
            )}
          </Group>
        )}
        {isWhispering && row.assignee && <Whisper id={row.id} to={row.assignee} onSent={() => setWhispering(false)} />}
      </Stack>
    </Paper>
  );
}

function Give({ row }: { row: SupervisedRow }) {
  const { supervisor: words } = useTexts().desk;
  const { data: colleagues = [] } = useQuery(colleaguesQuery);
  const change = useChange();
  const give = (staffId: string | null) =>
    change.mutate({ path: `/inbox/conversations/${row.id}/assign`, body: { staffId, teamId: row.team?.id ?? null } });
  const others = colleagues.filter(({ id, status, role }) => {
    return status === 'active' && role !== 'marketer' && id !== row.assignee?.id;
  });
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={words.giveTo(row.customer ?? '')}
        value=""
        disabled={change.isPending}
        data={[{ value: '', label: words.give }, ...others.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={({ currentTarget }) => currentTarget.value !== '' && give(currentTarget.value)}
      />
      {row.assignee && (
        <Button size="xs" variant="default" loading={change.isPending} onClick={() => give(null)}>
          {words.takeAway}
        </Button>
      )}
    </>
  );
}

function Whisper({ id, to, onSent }: { id: string; to: { id: string; name: string }; onSent: () => void }) {
  const { supervisor: words } = useTexts().desk;
  const me = useMe();
  const [text, setText] = useState('');
  const change = useChange();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { text, mentions: to.id === me.id ? [] : [to.id] };
    const onSuccess = () => {
      notify({ message: words.sent });
      onSent();
    };
    change.mutate({ path: `/inbox/conversations/${id}/notes`, body }, { onSuccess });
  };
  return (
    <form onSubmit={submit}>
      <GrowingField
        label={words.whisperTo(to.name)}
        description={words.whisperHint}
        required
        autoFocus
        rows={2}
        maxLength={5_000}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {change.error && (
        <Alert color="red" role="alert" mt="xs">
          {change.error.message}
        </Alert>
      )}
      <Group justify="flex-end" mt="xs">
        <Button type="submit" size="xs" loading={change.isPending} disabled={text.trim() === ''}>
          {words.send}
        </Button>
      </Group>
    </form>
  );
}
