// What the customer allowed and refused, and their rights: requests with deadlines, a copy of everything, erasure.
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type CustomerPage, customerPage } from '../../customers/page-schema.ts';
import { useMe } from '../app/session.tsx';
import { fullMoment } from '../app/time.ts';
import classes from './customer.module.css';
import { ErasePanel } from './erase-panel.tsx';
import { Nothing, Panel, Rows, worded } from './parts.tsx';
import { pathOf, useAct } from './queries.ts';
import { RequestsPanel } from './requests-panel.tsx';
import { useSpoken, useTexts } from './words.ts';

type Part = { customer: CustomerPage };

export function RightsSection({ customer }: Part) {
  const { scopes } = useMe();
  const mayPrivacy = scopes.includes('privacy');
  return (
    <Stack>
      <Consents customer={customer} />
      {mayPrivacy && (
        <>
          <RequestsPanel customerId={customer.id} />
          <CopyPanel customer={customer} />
          <ErasePanel customer={customer} />
        </>
      )}
    </Stack>
  );
}

function Consents({ customer }: Part) {
  const { texts, language } = useSpoken();
  const {
    customer: words,
    customer: { consent },
  } = texts.pages;
  const channels: Record<string, string> = { ...texts.inbox.channel, ...channelWords(consent) };
  const mayRecord = useMe().scopes.includes('conversations:write');
  return (
    <Panel title={words.consents}>
      {customer.consents.length === 0 ? (
        <Nothing>{consent.none}</Nothing>
      ) : (
        <Rows
          name={words.consents}
          heads={[consent.purpose, consent.channel, consent.word, consent.source, consent.wording, words.at]}
          rows={customer.consents.map((one) => ({
            id: one.id,
            cells: [
              worded(purposeWords(consent), one.purpose),
              worded(channels, one.channel),
              `${one.granted ? consent.granted : consent.refused} · ${one.holds ? consent.holds : consent.old}`,
              one.source,
              one.wording,
              fullMoment(one.at, language),
            ],
          }))}
        />
      )}
      {mayRecord && <ConsentForm customer={customer} />}
    </Panel>
  );
}

type ConsentWords = ReturnType<typeof useTexts>['pages']['customer']['consent'];
const purposeWords = ({ all, advertising }: ConsentWords): Record<string, string> => ({ all, advertising });
const channelWords = ({ any, phone, email }: ConsentWords): Record<string, string> => ({ '*': any, phone, email });

function ConsentForm({ customer }: Part) {
  const { pages, inbox, general } = useTexts();
  const { consent: words } = pages.customer;
  const [purpose, setPurpose] = useState('advertising');
  const [channel, setChannel] = useState('*');
  const [word, setWord] = useState('no');
  const [reason, setReason] = useState('');
  const act = useAct(customerPage);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const body = { purpose, channel, granted: word === 'yes', reason };
    act.mutate({ path: `${pathOf(customer.id)}/consents`, body }, { onSuccess: () => setReason('') });
  };
  const choices = (values: Record<string, string>) =>
    Object.entries(values).map(([value, label]) => ({ value, label }));
  const { zalo, messenger } = inbox.channel;
  const pick = { allowDeselect: false } as const;
  return (
    <form onSubmit={save}>
      <Text size="sm" fw={600} mt="md" mb={6}>
        {words.record}
      </Text>
      <div className={classes.fields}>
        <Select
          {...pick}
          label={words.purpose}
          value={purpose}
          data={choices(purposeWords(words))}
          onChange={(next) => setPurpose(next ?? purpose)}
        />
        <Select
          {...pick}
          label={words.channel}
          value={channel}
          data={choices({ '*': words.any, zalo, messenger, phone: words.phone, email: words.email })}
          onChange={(next) => setChannel(next ?? channel)}
        />
        <Select
          {...pick}
          label={words.word}
          value={word}
          data={choices({ no: words.refused, yes: words.granted })}
          onChange={(next) => setWord(next ?? word)}
        />
        <TextInput
          label={words.reason}
          placeholder={words.reasonHint}
          required
          maxLength={100}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" loading={act.isPending} disabled={reason.trim() === ''}>
          {general.save}
        </Button>
      </div>
    </form>
  );
}

function CopyPanel({ customer }: Part) {
  const { pages } = useTexts();
  const { customer: words } = pages;
  return (
    <Panel title={words.copy}>
      <Group justify="space-between">
        <Text size="sm">{words.copyHint}</Text>
        <Button
          component="a"
          variant="default"
          href={`/api/v1${pathOf(customer.id)}/export`}
          download="customer-export.json"
        >
          {words.download}
        </Button>
      </Group>
    </Panel>
  );
}
