// Keys of integrators: whose, what they may, when they were used last.
import { Badge, Button, Stack, Table, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyAnswer, keyAnswer, keyList } from '../../auth/key-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { useSave } from './draft.tsx';
import { KeyForm } from './key-form.tsx';

export function KeySettings() {
  const { texts, language } = useSpoken();
  const { settings: words } = texts.pages;
  const names: Record<string, string> = texts.desk.keys.scopeNames;
  const query = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => callApi(keyList, { path: '/keys', signal }),
  });
  return (
    <Stack>
      <Title order={2} size="h5">
        {words.keys}
      </Title>
      <KeyForm />
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{words.noKeys}</Empty>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
            <section className="scroll-x" aria-label={words.keys} tabIndex={0}>
              <Table miw={560}>
                <Table.Thead>
                  <Table.Tr>
                    {[words.name, words.prefix, texts.desk.keys.scopes, words.lastUsed, words.state].map((name) => (
                      <Table.Th key={name}>{name}</Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((key) => (
                    <Table.Tr key={key.id}>
                      <Table.Td>{key.name}</Table.Td>
                      <Table.Td>{key.prefix}…</Table.Td>
                      <Table.Td>{key.scopes.map((scope) => names[scope] ?? scope).join(', ')}</Table.Td>
                      <Table.Td>{key.lastUsedAt && fullMoment(key.lastUsedAt, language)}</Table.Td>
                      <Table.Td>
                        <KeyState item={key} />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </section>
          )
        }
      </Loaded>
    </Stack>
  );
}

function KeyState({ item }: { item: KeyAnswer }) {
  const { pages, desk } = useTexts();
  const revoke = useSave(keyAnswer, ['keys']);
  if (item.revokedAt !== null) {
    return (
      <Badge variant="default" tt="none">
        {pages.settings.revoked}
      </Badge>
    );
  }
  const ask = () => globalThis.confirm(desk.keys.revokeConfirm(item.name));
  return (
    <Button
      size="xs"
      variant="default"
      loading={revoke.isPending}
      onClick={() => ask() && revoke.mutate({ method: 'DELETE', path: `/keys/${item.id}` })}
    >
      {desk.keys.revoke(item.name)}
    </Button>
  );
}
