// Where one is signed in; each place can be ended at once.
import { Badge, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { endedAnswer, sessionList } from '../../auth/session-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import { useSave } from '../settings/draft.tsx';
import { Card } from './card.tsx';

export function SessionCard() {
  const { texts, language } = useSpoken();
  const { account: words } = texts.desk;
  const query = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => callApi(sessionList, { path: '/me/sessions', signal }),
  });
  const end = useSave(endedAnswer, ['sessions']);
  return (
    <Card title={words.sessions}>
      <Loaded query={query} rows={2}>
        {({ items }) => (
          <>
            {items.map(({ id, userAgent, address, lastSeenAt, isCurrent }) => {
              const name = browserName(userAgent) ?? words.unknownDevice;
              return (
                <Group key={id} justify="space-between">
                  <div>
                    <Text size="sm">{name}</Text>
                    <Text size="xs" className="fact-name">
                      {[address, words.lastSeen(fullMoment(lastSeenAt, language))].filter(Boolean).join(' · ')}
                    </Text>
                  </div>
                  {isCurrent ? (
                    <Badge tt="none" color="brand.7">
                      {words.thisOne}
                    </Badge>
                  ) : (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={words.endOf(name)}
                      onClick={() => end.mutate({ method: 'DELETE', path: `/me/sessions/${id}` })}
                    >
                      {words.end}
                    </Button>
                  )}
                </Group>
              );
            })}
            {items.length > 1 && (
              <Group justify="flex-end">
                <Button
                  size="xs"
                  variant="default"
                  loading={end.isPending}
                  onClick={() => end.mutate({ method: 'DELETE', path: '/me/sessions' })}
                >
                  {words.endOthers}
                </Button>
              </Group>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

/** "Chrome, Windows" of the long line that browsers send. */
function browserName(agent: string | null): string | null {
  if (agent === null) return null;
  const program = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name));
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS X', 'Linux'].find((name) => agent.includes(name));
  return program === undefined ? agent.slice(0, 60) : [program, system].filter(Boolean).join(', ');
}
