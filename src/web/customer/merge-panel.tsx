// Finding the other record of the same person, seeing what would move, and then merging.
import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { mergeAnswer } from '../../customers/merge-schema.ts';
import { type CustomerPage, joinPreview } from '../../customers/page-schema.ts';
import { searchAnswer } from '../../inbox/search-schema.ts';
import { callApi } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { Loaded } from '../app/states.tsx';
import { Facts, Nothing, Panel, worded } from './parts.tsx';
import { pathOf, useAct } from './queries.ts';
import { useTexts } from './words.ts';

type Part = { customer: CustomerPage };

export function MergePanel({ customer }: Part) {
  const { pages } = useTexts();
  const { join: words } = pages.customer;
  const [q, setQ] = useState('');
  const [other, setOther] = useState<string | null>(null);
  const look = useDebouncedCallback((value: string) => setQ(value.trim()), 250);
  return (
    <Panel title={words.title}>
      <Text size="sm" mb="sm">
        {words.hint}
      </Text>
      <TextInput
        label={words.find}
        maxLength={100}
        onChange={(event) => {
          setOther(null);
          look(event.currentTarget.value);
        }}
      />
      {other === null && q.length > 1 && <Found customer={customer} q={q} onChoose={setOther} />}
      {other !== null && <Preview customer={customer} otherId={other} onClose={() => setOther(null)} />}
    </Panel>
  );
}

function Found({ customer, q, onChoose }: Part & { q: string; onChoose: (id: string) => void }) {
  const { pages, inbox } = useTexts();
  const { join: words } = pages.customer;
  const query = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => callApi(searchAnswer, { path: `/search?q=${encodeURIComponent(q)}`, signal }),
  });
  return (
    <Loaded query={query} rows={2}>
      {({ customers }) => {
        const others = customers.filter(({ id }) => id !== customer.id);
        if (others.length === 0) return <Nothing>{pages.customer.nothing}</Nothing>;
        return (
          <Stack gap="xs" mt="sm">
            {others.map(({ id, name, externalId, phone }) => (
              <Group key={id} justify="space-between">
                <Text size="sm" className="keep-lines">
                  {[name ?? inbox.nameless, externalId, phone].filter(Boolean).join(' · ')}
                </Text>
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`${words.choose}: ${name ?? inbox.nameless}`}
                  onClick={() => onChoose(id)}
                >
                  {words.choose}
                </Button>
              </Group>
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Preview({ customer, otherId, onClose }: Part & { otherId: string; onClose: () => void }) {
  const { pages, inbox, general } = useTexts();
  const { join: words, rows } = pages.customer;
  const query = useQuery({
    queryKey: ['customer', customer.id, 'preview', otherId],
    queryFn: ({ signal }) =>
      callApi(joinPreview, { path: `${pathOf(customer.id)}/merges/preview?otherId=${otherId}`, signal }),
  });
  const act = useAct(mergeAnswer);
  const merge = () => {
    const onSuccess = () => {
      notify({ message: words.done });
      onClose();
    };
    act.mutate({ path: `${pathOf(customer.id)}/merges`, body: { otherId } }, { onSuccess });
  };
  const fields: Record<string, unknown> = pages.customer;
  return (
    <Loaded query={query} rows={1}>
      {({ going, moves, fills }) => (
        <Stack gap="xs" mt="sm">
          <Text fw={600}>{words.preview(going.name ?? inbox.nameless)}</Text>
          <Text size="sm">{Object.keys(moves).length === 0 ? words.nothingMoves : words.moves}</Text>
          <List size="sm">
            {Object.entries(moves).map(([table, count]) => (
              <List.Item key={table}>
                {count} {worded(rows, table)}
              </List.Item>
            ))}
          </List>
          {Object.keys(fills).length > 0 && (
            <>
              <Text size="sm">{words.fills}</Text>
              <Facts rows={Object.entries(fills).map(([field, value]) => [String(fields[field] ?? field), value])} />
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {general.cancel}
            </Button>
            <Button loading={act.isPending} onClick={merge}>
              {words.act}
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
