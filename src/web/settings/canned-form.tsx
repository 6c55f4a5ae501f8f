// A reply that is used often, written with places for the customer's facts, and how a sample customer would read it.
import { Alert, Button, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { type CannedAnswer, cannedAnswer } from '../../inbox/notes-schema.ts';
import { GrowingField } from '../app/growing-field.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useDraft, useSave } from './draft.tsx';
import { teamsQuery } from './team-settings.tsx';

const nothing = { shortcut: '', title: '', text: '', teamId: '' };

/** What staff use most; every other fact of the customer works as well. */
const variables: Readonly<Record<string, string>> = {
  'customer.name': 'Nguyễn Thị Lan',
  'customer.given_name': 'Lan',
  address: 'chị',
  Address: 'Chị',
  'subscription.product': 'GynoSpa',
  'subscription.plan': 'Pro',
  'subscription.expires_at | date': '31/12/2026',
  'business.hotline': '1900 0000',
};

export function CannedForm({ reply, onDone }: { reply: CannedAnswer | null; onDone?: () => void }) {
  const { pages, general, desk } = useTexts();
  const { settings: words } = pages;
  const kept = reply ? { ...nothing, ...pick(reply) } : nothing;
  const { value, set, undo } = useDraft(kept);
  const save = useSave(cannedAnswer, ['canned'], { shortcut_taken: desk.canned.taken });
  const { data: teams } = useQuery(teamsQuery);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const call = reply
      ? ({ method: 'PATCH', path: `/canned-replies/${reply.id}` } as const)
      : { path: '/canned-replies' };
    const body = { ...value, teamId: value.teamId === '' ? null : value.teamId };
    const onSuccess = () => {
      undo();
      onDone?.();
    };
    save.mutate({ ...call, body }, { onSuccess });
  };
  return (
    <Paper
      withBorder
      p="md"
      component="form"
      onSubmit={submit}
      aria-label={reply ? desk.canned.edit(reply.title) : general.add}
    >
      <Stack gap="sm">
        {save.complaint !== null && (
          <Alert color="red" role="alert">
            {save.complaint}
          </Alert>
        )}
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            label={words.shortcut}
            required
            leftSection="/"
            maxLength={40}
            value={value.shortcut}
            onChange={({ currentTarget }) => set({ shortcut: currentTarget.value })}
          />
          <TextInput
            label={words.name}
            required
            maxLength={100}
            value={value.title}
            onChange={({ currentTarget }) => set({ title: currentTarget.value })}
          />
          <NativeSelect
            label={desk.canned.team}
            value={value.teamId}
            data={[
              { value: '', label: desk.canned.everybody },
              ...(teams?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={({ currentTarget }) => set({ teamId: currentTarget.value })}
          />
        </Group>
        <GrowingField
          label={words.text}
          required
          rows={2}
          maxLength={2_000}
          value={value.text}
          onChange={({ currentTarget }) => set({ text: currentTarget.value })}
        />
        <Places onPick={(name) => set({ text: `${value.text}{${name}}` })} />
        {value.text !== '' && <Preview text={value.text} />}
        <Group justify="flex-end">
          {onDone && (
            <Button variant="default" onClick={onDone}>
              {general.cancel}
            </Button>
          )}
          <Button type="submit" loading={save.isPending}>
            {reply ? general.save : general.add}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function pick({ shortcut, title, text, teamId }: CannedAnswer): typeof nothing {
  return { shortcut, title, text, teamId: teamId ?? '' };
}

function Places({ onPick }: { onPick: (name: string) => void }) {
  const { canned } = useTexts().desk;
  return (
    <Group gap={6} role="group" aria-label={canned.variables}>
      <Text size="xs" className="fact-name">
        {canned.variables}:
      </Text>
      {Object.keys(variables).map((name) => (
        <Button key={name} size="compact-xs" variant="default" onClick={() => onPick(name)}>
          {`{${name}}`}
        </Button>
      ))}
    </Group>
  );
}

function Preview({ text }: { text: string }) {
  const { canned } = useTexts().desk;
  const words = text.replaceAll(/\{([^{}]+)\}/g, (place, name: string) => variables[name.trim()] ?? place);
  return (
    <Paper withBorder p="sm" component="section" aria-label={canned.preview}>
      <Text size="xs" className="fact-name">
        {canned.preview}
      </Text>
      <Text size="sm" className="keep-lines">
        {words}
      </Text>
    </Paper>
  );
}
