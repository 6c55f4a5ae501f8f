// How the channels do, what to do when one does not do well, and the way to connect an account anew.
import { Alert, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ChannelHealthAnswer, channelHealthList, connectAnswer } from '../../health/channel-health-schema.ts';
import { callApi } from '../app/call-api.ts';
import { useMe } from '../app/session.tsx';
import { Loaded } from '../app/states.tsx';
import { fullMoment, spanInWords } from '../app/time.ts';
import { useNow } from '../app/use-now.ts';
import { useSpoken, useTexts } from '../app/use-texts.tsx';
import type { Texts } from '../texts/vi.ts';
import classes from './settings.module.css';

export function ChannelSettings() {
  const { inbox, pages, desk } = useTexts();
  const names: Record<string, string> = inbox.channel;
  const query = useQuery({
    queryKey: ['channels'],
    queryFn: ({ signal }) => callApi(channelHealthList, { path: '/channels', signal }),
    refetchInterval: 15_000,
  });
  return (
    <Stack>
      <Title order={2} size="h5">
        {pages.settings.channels}
      </Title>
      <Loaded query={query} rows={3}>
        {({ items, off }) => (
          <>
            {items.map((item) => (
              <ChannelCard key={item.channel} health={item} name={names[item.channel] ?? item.channel} />
            ))}
            {off.length > 0 && (
              <Text size="sm" className="fact-name">
                {desk.channels.off(off.map((name) => names[name] ?? name).join(', '))}
              </Text>
            )}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function ChannelCard({ health, name }: { health: ChannelHealthAnswer; name: string }) {
  const { pages, desk } = useTexts();
  const { channels: words } = desk;
  const mayMend = useMe().scopes.includes('audit:read');
  const isWell = health.troubles.length === 0;
  const isStuck = health.troubles.some((one) => one === 'stuck_messages' || one === 'parked_events');
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Stack gap="sm">
        <Group justify="space-between">
          <div>
            <Title order={3} size="h6">
              {name}
            </Title>
            <Text size="xs" className="fact-name">
              {health.accountId}
            </Text>
          </div>
          <Badge color={isWell ? 'brand.7' : 'red.9'} tt="none" variant="filled">
            {isWell ? pages.settings.well : words.needsLook}
          </Badge>
        </Group>
        {health.troubles.map((trouble) => (
          <Alert key={trouble} color="red" p="xs" role="status">
            <Text size="sm">{words.troubles[trouble]}</Text>
          </Alert>
        ))}
        <Facts health={health} />
        <Group>
          {health.canConnect && <Connect isConnected={health.token !== null} />}
          {isStuck && mayMend && (
            <Link to="/settings/{-$section}" params={{ section: 'stuck' }} className="text-link small-link">
              {words.toStuck}
            </Link>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

function Facts({ health }: { health: ChannelHealthAnswer }) {
  const { texts, language } = useSpoken();
  const now = useNow();
  const { channels: words } = texts.desk;
  const ago = (at: string | null) => {
    if (at === null) return words.never;
    const since = now - Date.parse(at);
    return `${fullMoment(at, language)} (${words[since < 0 ? 'left' : 'ago'](spanInWords(since, language))})`;
  };
  const { token } = health;
  const rows: [string, string][] = [
    [words.lastIn, ago(health.lastInAt)],
    [words.lastOut, ago(health.lastOutAt)],
    [words.lastWebhook, ago(health.lastWebhookAt)],
    ...tokenFacts(token, words, ago),
    [words.sending, health.isPaused ? words.isPaused : words.isOpen],
    [words.queued, String(health.queued)],
    [words.uncertain, String(health.uncertain)],
    [words.parked, String(health.parked + health.parkedEvents)],
    [words.errors, errorsInWords(health, words.noErrors)],
    ...health.quotas.map((one): [string, string] => {
      const quotaNames: Record<string, string> = words.quotaOf;
      return [`${words.quota}: ${quotaNames[one.of] ?? one.of}`, `${one.remain ?? '?'} / ${one.total ?? '?'}`];
    }),
  ];
  return (
    <dl className={classes.facts}>
      {rows.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

function tokenFacts(
  token: ChannelHealthAnswer['token'],
  words: Texts['desk']['channels'],
  ago: (at: string | null) => string,
): [string, string][] {
  if (token === null) return [];
  return [
    [words.tokenRenewed, ago(token.renewedAt)],
    [words.tokenEnds, ago(token.expiresAt)],
    [words.rightEnds, ago(token.refreshExpiresAt)],
  ];
}

function errorsInWords({ errors }: ChannelHealthAnswer, none: string): string {
  if (errors.length === 0) return none;
  return errors.map(({ code, count, reason }) => `${count} × ${reason ?? code} [${code}]`).join('; ');
}

function Connect({ isConnected }: { isConnected: boolean }) {
  const { channels: words } = useTexts().desk;
  const mayConnect = useMe().scopes.includes('keys');
  const go = useMutation({
    mutationFn: () => callApi(connectAnswer, { method: 'POST', path: '/channels/zalo/connect' }),
    onSuccess: ({ url }) => location.assign(url),
  });
  if (!mayConnect) return null;
  return (
    <div>
      <Button size="xs" loading={go.isPending} onClick={() => go.mutate()}>
        {isConnected ? words.reconnect : words.connect}
      </Button>
      <Text size="xs" mt={4} className="fact-name">
        {words.connectHint}
      </Text>
      {go.error && (
        <Alert color="red" role="alert" mt="xs">
          {go.error.message}
        </Alert>
      )}
    </div>
  );
}
