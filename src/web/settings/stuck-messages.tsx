// Messages whose fate nobody knows: a person looks into the chat on the channel and says what they saw.
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { type SettleHow, type StuckMessage, stuckMessagePage } from '../../health/dead-letters-schema.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { PersonLine, usePage, useRepair } from './stuck-list.tsx';

export function StuckMessages() {
  const { stuck: words } = useTexts().desk;
  const query = usePage('messages', stuckMessagePage);
  const mayMend = useMe().scopes.includes('settings:write');
  return (
    <Loaded query={query} rows={3}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty>{words.nothing}</Empty>
        ) : (
          <Stack>
            {mayMend && <Text size="sm">{words.look}</Text>}
            {items.map((message) => (
              <Message key={message.id} message={message} mayMend={mayMend} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function Message({ message, mayMend }: { message: StuckMessage; mayMend: boolean }) {
  const { texts, language } = useSpoken();
  const { stuck: words } = texts.desk;
  const repair = useRepair();
  const settle = (how: SettleHow) => repair.mutate({ path: 'messages/settle', body: { ids: [message.id], how } });
  const isLooking = message.status === 'uncertain';
  const about = [message.channel, message.sentBy ?? message.author, fullMoment(message.at, language)];
  return (
    <Paper withBorder p="sm">
      <Stack gap={6}>
        <PersonLine person={message.person} />
        <Text size="sm" className="fact-name">
          {[...about, words.tries(message.tries)].join(' · ')}
        </Text>
        <Text size="sm" className="keep-lines">
          {message.text}
        </Text>
        <Text size="sm" className="fact-name">
          {isLooking ? words.stillLooking : message.reason}
        </Text>
        {mayMend && (
          <Group gap="xs">
            <Button size="xs" loading={repair.isPending} onClick={() => settle('arrived')}>
              {words.arrived}
            </Button>
            {!isLooking && (
              <>
                <Button size="xs" variant="default" onClick={() => settle('not_arrived')}>
                  {words.notArrived}
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => globalThis.confirm(words.sendAgainConfirm) && settle('send_again')}
                >
                  {words.sendAgain}
                </Button>
              </>
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
