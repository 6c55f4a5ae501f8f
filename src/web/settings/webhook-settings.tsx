// Where events are told to, whether they arrive, and what is sent again.
import { Alert, Badge, Button, Checkbox, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type EndpointAnswer, endpointList, endpointWithSecret, webhookEvent } from '../../webhooks/webhook-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Empty, Loaded } from '../app/states.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useChange } from '../inbox/use-change.ts';
import { useDraft, useSave } from './draft.tsx';
import { SecretOnce } from './secret-once.tsx';
import classes from './settings.module.css';
import { WebhookLog } from './webhook-log.tsx';

export function WebhookSettings() {
  const { pages } = useTexts();
  const { settings: words } = pages;
  const query = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => callApi(endpointList, { path: '/webhooks', signal }),
  });
  return (
    <Stack>
      <Title order={2} size="h5">
        {words.webhooks}
      </Title>
      <WebhookForm />
      <Loaded query={query} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{words.noWebhooks}</Empty>
          ) : (
            items.map((endpoint) => <Endpoint key={endpoint.id} endpoint={endpoint} />)
          )
        }
      </Loaded>
    </Stack>
  );
}

const nothing: { url: string; events: string[] } = { url: '', events: [...webhookEvent.options] };

function WebhookForm() {
  const { desk } = useTexts();
  const { webhooks: words } = desk;
  const { value, set, undo } = useDraft(nothing);
  const [secret, setSecret] = useState<string | null>(null);
  const save = useSave(endpointWithSecret, ['webhooks'], { bad_webhook_url: words.badAddress });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = ({ secret: made }: { secret: string | null }) => {
      setSecret(made);
      undo();
    };
    save.mutate({ path: '/webhooks', body: value }, { onSuccess });
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label={words.add}>
      <Stack gap="sm">
        <TextInput
          label={words.url}
          type="url"
          required
          placeholder="https://crm.example.com/hooks/ganbo"
          value={value.url}
          error={save.complaint}
          onChange={({ currentTarget }) => set({ url: currentTarget.value })}
        />
        <Checkbox.Group label={words.events} value={value.events} onChange={(events) => set({ events })}>
          <div className={classes.choices}>
            {webhookEvent.options.map((name) => (
              <Checkbox key={name} value={name} label={words.eventNames[name]} />
            ))}
          </div>
        </Checkbox.Group>
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending} disabled={value.events.length === 0}>
            {words.add}
          </Button>
        </Group>
        {secret !== null && <SecretOnce title={words.secretOnce} secret={secret} />}
      </Stack>
    </Paper>
  );
}

function Endpoint({ endpoint }: { endpoint: EndpointAnswer }) {
  const { pages, desk, general } = useTexts();
  const { id, url, events, isEnabled, disabledReason, waiting } = endpoint;
  const { webhooks: words } = desk;
  const names: Record<string, string> = words.eventNames;
  const [showsLog, setShowsLog] = useState(false);
  const change = useChange(['webhooks']);
  const rotate = useSave(endpointWithSecret, ['webhooks']);
  const act = (what: string) => change.mutate({ path: `/webhooks/${id}/${what}` });
  return (
    <Paper withBorder p="sm" component="section" aria-label={url}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600} size="sm" className="keep-lines">
            {url}
          </Text>
          {isEnabled ? (
            <Badge tt="none" color="brand.7">
              {pages.settings.active}
            </Badge>
          ) : (
            <Button size="xs" onClick={() => act('enable')}>
              {pages.settings.enable}
            </Button>
          )}
        </Group>
        <Text size="sm">{events.map((name) => names[name] ?? name).join(', ')}</Text>
        <Text size="sm" className="fact-name">
          {[pages.settings.waiting(waiting), disabledReason].filter(Boolean).join(' · ')}
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" aria-expanded={showsLog} onClick={() => setShowsLog(!showsLog)}>
            {words.log}
          </Button>
          <Button size="xs" variant="default" onClick={() => act('test')}>
            {words.test}
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={rotate.isPending}
            onClick={() => rotate.mutate({ path: `/webhooks/${id}/rotate` })}
          >
            {words.rotate}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              globalThis.confirm(words.remove(url)) && change.mutate({ method: 'DELETE', path: `/webhooks/${id}` })
            }
          >
            {general.remove}
          </Button>
        </Group>
        {rotate.data?.secret && <SecretOnce title={words.secretOnce} secret={rotate.data.secret} />}
        {rotate.complaint !== null && (
          <Alert color="red" role="alert">
            {rotate.complaint}
          </Alert>
        )}
        {showsLog && <WebhookLog id={id} />}
      </Stack>
    </Paper>
  );
}
