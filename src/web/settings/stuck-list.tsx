// A list of stuck things: some are chosen, then all of them are run again or let go with a reason.
import { Button, Checkbox, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { type ParkedEvent, repairAnswer } from '../../health/dead-letters-schema.ts';
import { callApi } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';

type Page<T> = { items: T[]; nextCursor: string | null };

export function usePage<T>(name: string, schema: z.ZodType<Page<T>>) {
  return useQuery({
    queryKey: ['dead-letters', name],
    queryFn: ({ signal }) => callApi(schema, { path: `/dead-letters/${name}?limit=200`, signal }),
  });
}

/** Tells how many were done; lists and counts follow. */
export function useRepair() {
  const queries = useQueryClient();
  const { desk, general } = useTexts();
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body: object }) =>
      callApi(repairAnswer, { method: 'POST', path: `/dead-letters/${path}`, body, onceKey: crypto.randomUUID() }),
    onSuccess: ({ done, left }) => notify({ message: desk.stuck.result(done, left) }),
    onError: (error) => notify({ color: 'red', title: general.failed, message: error.message }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['dead-letters'] }),
  });
}

type ListProps<T> = {
  name: 'events' | 'deliveries';
  query: { data: Page<T> | undefined; error: unknown; refetch: () => unknown };
  nameOf: (item: T) => string;
  children: (item: T) => ReactNode;
};

export function StuckList<T extends { id: string }>({ name, query, nameOf, children }: ListProps<T>) {
  const { stuck: words } = useTexts().desk;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const mayMend = useMe().scopes.includes('settings:write');
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <Loaded query={query} rows={3}>
      {({ items }) => {
        if (items.length === 0) return <Empty>{words.nothing}</Empty>;
        const there = chosen.filter((id) => items.some((item) => item.id === id));
        return (
          <Stack>
            {mayMend && <Bulk name={name} all={items.map(({ id }) => id)} chosen={there} onChoose={setChosen} />}
            {items.map((item) => (
              <Paper key={item.id} withBorder p="sm">
                <Group align="flex-start" wrap="nowrap">
                  {mayMend && (
                    <Checkbox
                      aria-label={words.select(nameOf(item))}
                      checked={chosen.includes(item.id)}
                      onChange={() => toggle(item.id)}
                    />
                  )}
                  <Stack gap={4} flex={1} miw={0}>
                    {children(item)}
                  </Stack>
                </Group>
              </Paper>
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

type BulkProps = {
  name: string;
  all: readonly string[];
  chosen: readonly string[];
  onChoose: (ids: readonly string[]) => void;
};

function Bulk({ name, all, chosen, onChoose }: BulkProps) {
  const { desk } = useTexts();
  const { stuck: words } = desk;
  const repair = useRepair();
  const [reason, setReason] = useState<string | null>(null);
  const done = { onSuccess: () => onChoose([]) };
  return (
    <Stack gap="xs">
      <Group>
        <Checkbox
          label={desk.form.all}
          checked={chosen.length === all.length}
          indeterminate={chosen.length > 0 && chosen.length < all.length}
          onChange={() => onChoose(chosen.length === all.length ? [] : all)}
        />
        <Button
          size="xs"
          disabled={chosen.length === 0}
          loading={repair.isPending}
          onClick={() => repair.mutate({ path: `${name}/replay`, body: { ids: chosen } }, done)}
        >
          {words.replayMany(chosen.length)}
        </Button>
        <Button size="xs" variant="default" disabled={chosen.length === 0} onClick={() => setReason(reason ?? '')}>
          {words.discardMany(chosen.length)}
        </Button>
      </Group>
      {reason !== null && chosen.length > 0 && (
        <Group
          component="form"
          align="flex-end"
          onSubmit={(event) => {
            event.preventDefault();
            repair.mutate({ path: `${name}/discard`, body: { ids: chosen, reason } }, done);
            setReason(null);
          }}
        >
          <TextInput
            label={words.reason}
            description={words.reasonHint}
            required
            autoFocus
            flex={1}
            miw={200}
            maxLength={300}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Button type="submit" size="sm" color="red.9" disabled={reason.trim() === ''}>
            {words.discard}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

export function PersonLine({ person }: { person: ParkedEvent['person'] }) {
  const { stuck: words } = useTexts().desk;
  const name = person?.name ?? person?.peerId ?? words.unknownPerson;
  if (!person?.conversationId)
    return (
      <Text size="sm" fw={600}>
        {name}
      </Text>
    );
  return (
    <Link
      to="/inbox/$queue"
      params={{ queue: 'all' }}
      search={{ c: person.conversationId }}
      className="text-link small-link"
    >
      {name}
    </Link>
  );
}
