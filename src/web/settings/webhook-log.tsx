// What was sent to an endpoint and how it answered; what it lost is sent again under its own id.
import { Button, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { deliveryPage } from '../../webhooks/webhook-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';

export function WebhookLog({ id }: { id: string }) {
  const { texts, language } = useSpoken();
  const { webhooks: words } = texts.desk;
  const names: Record<string, string> = words.eventNames;
  const query = useQuery({
    queryKey: ['webhooks', 'log', id],
    queryFn: ({ signal }) => callApi(deliveryPage, { path: `/webhooks/${id}/deliveries?limit=50`, signal }),
    refetchInterval: 10_000,
  });
  const change = useChange(['webhooks']);
  const replay = (delivery: string) => change.mutate({ path: `/webhooks/${id}/replay`, body: { delivery } });
  return (
    <Loaded query={query} rows={1}>
      {({ items }) =>
        items.length === 0 ? (
          <Text size="sm">{words.noLog}</Text>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keyboard
          <section className="scroll-x" aria-label={words.log} tabIndex={0}>
            <Table miw={520}>
              <Table.Tbody>
                {items.map(({ id: delivery, type, at, status, attempts, lastStatus, lastError }) => (
                  <Table.Tr key={delivery}>
                    <Table.Td>{fullMoment(at, language)}</Table.Td>
                    <Table.Td>{names[type] ?? type}</Table.Td>
                    <Table.Td>
                      {words.status[status]} ({attempts})
                    </Table.Td>
                    <Table.Td>{[lastStatus, lastError].filter((part) => part !== null).join(' · ')}</Table.Td>
                    <Table.Td>
                      {status !== 'waiting' && (
                        <Button size="compact-xs" variant="default" onClick={() => replay(delivery)}>
                          {words.replay}
                        </Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        )
      }
    </Loaded>
  );
}
