// Messages whose fate nobody knows: a person looks into the chat on the channel and says what they saw, of one or of many.
import { Button, Checkbox, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { type SettleHow, type StuckMessage, stuckMessagePage } from '../../health/dead-letters-schema.ts';
import { useMe } from '../app/session.tsx';
import { Empty, Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import { PersonLine, usePage, useRepair } from './stuck-list.tsx';

export function StuckMessages() {
  const { stuck: words } = useTexts().desk;
  const query = usePage('messages', stuckMessagePage);
  return (
    <Loaded query={query} rows={3}>
      {({ items }) => (items.length === 0 ? <Empty>{words.nothing}</Empty> : <Messages items={items} />)}
    </Loaded>
  );
}

function Messages({ items }: { items: StuckMessage[] }) {
  const { stuck: words } = useTexts().desk;
  const mayMend = useMe().scopes.includes('settings:write');
  const [picked, setPicked] = useState<readonly string[]>([]);
  const chosen = items.filter(({ id }) => picked.includes(id));
  const toggle = (id: string) => setPicked(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]);
  return (
    <Stack>
      {mayMend && <Text size="sm">{words.look}</Text>}
      {mayMend && <Bulk items={items} chosen={chosen} onChoose={setPicked} />}
      {items.map((message) => (
        <Paper key={message.id} withBorder p="sm">
          <Group align="flex-start" wrap="nowrap">
            {mayMend && (
              <Checkbox
                aria-label={words.select(message.text ?? message.person?.name ?? message.id)}
                checked={picked.includes(message.id)}
                onChange={() => toggle(message.id)}
              />
            )}
            <Message message={message} mayMend={mayMend} />
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}

type BulkProps = {
  items: readonly StuckMessage[];
  chosen: readonly StuckMessage[];
  onChoose: (ids: readonly string[]) => void;
};

function Bulk({ items, chosen, onChoose }: BulkProps) {
  const { desk } = useTexts();
  const { stuck: words } = desk;
  const reasons = [...Map.groupBy(items, (one) => reasonOf(one, words.stillLooking))];
  const ofReason = reasons.find(
    ([, those]) => those.length === chosen.length && those.every((one) => chosen.includes(one)),
  );
  return (
    <Stack gap="xs" role="group" aria-label={words.bulk}>
      <Group>
        <Checkbox
          label={desk.form.all}
          checked={chosen.length === items.length}
          indeterminate={chosen.length > 0 && chosen.length < items.length}
          onChange={() => onChoose(chosen.length === items.length ? [] : items.map(({ id }) => id))}
        />
        <Select
          size="xs"
          flex={1}
          miw={200}
          aria-label={words.ofReason}
          placeholder={words.ofReason}
          data={reasons.map(([reason, those]) => ({ value: reason, label: `${reason} (${those.length})` }))}
          value={ofReason?.[0] ?? null}
          onChange={(reason) => onChoose((reasons.find(([name]) => name === reason)?.[1] ?? []).map(({ id }) => id))}
        />
      </Group>
      <SettleButtons messages={chosen} counts onDone={() => onChoose([])} />
    </Stack>
  );
}

function reasonOf({ status, reason }: StuckMessage, looking: string): string {
  return status === 'uncertain' ? looking : (reason ?? '–');
}

type SettleProps = { messages: readonly StuckMessage[]; counts?: boolean; onDone?: () => void };

/** Of those that the program still asks the channel about, a person can only say that they arrived. */
function SettleButtons({ messages, counts = false, onDone }: SettleProps) {
  const { stuck: words } = useTexts().desk;
  const repair = useRepair();
  const parked = messages.filter(({ status }) => status === 'parked');
  const button = (how: SettleHow, label: string, those: readonly StuckMessage[]) => ({ how, label, those });
  const ways = [
    button('arrived', words.arrived, messages),
    button('not_arrived', words.notArrived, parked),
    button('send_again', words.sendAgain, parked),
  ].filter(({ those }) => counts || those.length > 0);
  const settle = (how: SettleHow, those: readonly StuckMessage[]) => {
    if (how === 'send_again' && !globalThis.confirm(words.sendAgainConfirm)) return;
    const body = { ids: those.map(({ id }) => id), how };
    repair.mutate({ path: 'messages/settle', body }, { onSuccess: () => onDone?.() });
  };
  return (
    <Group gap="xs">
      {ways.map(({ how, label, those }) => (
        <Button
          key={how}
          size="xs"
          variant={how === 'arrived' ? 'filled' : 'default'}
          loading={repair.isPending}
          disabled={those.length === 0}
          onClick={() => settle(how, those)}
        >
          {counts ? `${label} (${those.length})` : label}
        </Button>
      ))}
    </Group>
  );
}

function Message({ message, mayMend }: { message: StuckMessage; mayMend: boolean }) {
  const { texts, language } = useSpoken();
  const { stuck: words } = texts.desk;
  const channels: Record<string, string> = texts.inbox.channel;
  const channel = channels[message.channel] ?? message.channel;
  const about = [channel, message.sentBy ?? texts.inbox.bot, fullMoment(message.at, language)];
  return (
    <Stack gap={6} flex={1} miw={0}>
      <PersonLine person={message.person} />
      <Text size="sm" className="fact-name">
        {[...about, words.tries(message.tries)].join(' · ')}
      </Text>
      <Text size="sm" className="keep-lines">
        {message.text}
      </Text>
      <Text size="sm" className="fact-name">
        {reasonOf(message, words.stillLooking)}
      </Text>
      {mayMend && <SettleButtons messages={[message]} />}
    </Stack>
  );
}
