// What the customer asked for under the law, until when it must be answered and done; a new one is noted here.
import { Badge, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { customerRequests, type RequestAnswer, requestAnswer } from '../../privacy/privacy-schema.ts';
import { callApi } from '../app/call-api.ts';
import { Loaded } from '../app/states.tsx';
import { fullMoment } from '../app/time.ts';
import classes from './customer.module.css';
import { Nothing, Panel, State, worded } from './parts.tsx';
import { pathOf, useAct } from './queries.ts';
import { useSpoken, useTexts } from './words.ts';

export function RequestsPanel({ customerId }: { customerId: string }) {
  const { pages } = useTexts();
  const { requests: words } = pages.customer;
  const path = `${pathOf(customerId)}/requests`;
  const query = useQuery({
    queryKey: ['requests', customerId],
    queryFn: ({ signal }) => callApi(customerRequests, { path, signal }),
  });
  return (
    <Panel title={words.title}>
      <Loaded query={query} rows={1}>
        {({ items }) => (
          <Stack gap="xs">
            {items.length === 0 && <Nothing>{words.none}</Nothing>}
            {items.map((item) => (
              <Request key={item.id} request={item} />
            ))}
          </Stack>
        )}
      </Loaded>
      <RequestForm path={path} />
    </Panel>
  );
}

function Request({ request }: { request: RequestAnswer }) {
  const { texts, language } = useSpoken();
  const { requests: words } = texts.pages.customer;
  const isOpen = request.status === 'received' || request.status === 'answered';
  return (
    <div>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {worded(words.kinds, request.kind)}
        </Text>
        <State words={words.states} name={request.status} />
        {request.isLate && (
          <Badge color="red" variant="light" tt="none">
            {words.late}
          </Badge>
        )}
      </Group>
      <Text size="sm" className="keep-lines">
        {isOpen
          ? [
              request.answeredAt === null && words.answer(fullMoment(request.answerDueAt, language)),
              words.due(fullMoment(request.actDueAt, language)),
            ]
              .filter(Boolean)
              .join(' · ')
          : request.outcome}
      </Text>
      <Text size="xs" c="dimmed" className="keep-lines">
        {[request.source, request.detail, request.law].filter(Boolean).join(' · ')}
      </Text>
    </div>
  );
}

const kinds = ['access', 'correct', 'copy', 'withdraw', 'restrict', 'object', 'delete'] as const;

function RequestForm({ path }: { path: string }) {
  const { pages } = useTexts();
  const { requests: words } = pages.customer;
  const [kind, setKind] = useState<string>('access');
  const [source, setSource] = useState('');
  const [detail, setDetail] = useState('');
  const act = useAct(requestAnswer);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const body = { kind, source, ...(detail.trim() === '' ? {} : { detail }) };
    const onSuccess = () => {
      setSource('');
      setDetail('');
    };
    act.mutate({ path, body }, { onSuccess });
  };
  return (
    <form onSubmit={save}>
      <div className={classes.fields}>
        <Select
          label={words.kind}
          allowDeselect={false}
          value={kind}
          data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
          onChange={(next) => setKind(next ?? kind)}
        />
        <TextInput
          label={words.source}
          required
          maxLength={100}
          value={source}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
        <TextInput
          label={words.detail}
          maxLength={2000}
          value={detail}
          onChange={(event) => setDetail(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={act.isPending} disabled={source.trim() === ''}>
          {words.add}
        </Button>
      </div>
    </form>
  );
}
