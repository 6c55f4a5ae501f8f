// A new key: whose, and what it may. Shown once.
import { Button, Checkbox, Group, Paper, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { newKeyAnswer } from '../../auth/key-schema.ts';
import { meAnswer } from '../../auth/session-schema.ts';
import { useTexts } from '../app/use-texts.tsx';
import { useDraft, useSave } from './draft.tsx';
import { SecretOnce } from './secret-once.tsx';
import classes from './settings.module.css';

const scopes = meAnswer.shape.scopes.element.options;
const nothing: { name: string; scopes: string[] } = { name: '', scopes: [] };

export function KeyForm() {
  const { pages, desk } = useTexts();
  const { keys: words } = desk;
  const { value, set, undo } = useDraft(nothing);
  const [key, setKey] = useState<string | null>(null);
  const save = useSave(newKeyAnswer, ['keys'], { key_name_taken: words.taken });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = ({ key: made }: { key: string | null }) => {
      setKey(made);
      undo();
    };
    save.mutate({ path: '/keys', body: value }, { onSuccess });
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label={words.make}>
      <Stack gap="sm">
        <TextInput
          label={pages.settings.name}
          placeholder="crm"
          required
          maxLength={60}
          maw={320}
          value={value.name}
          error={save.complaint}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
        />
        <Checkbox.Group label={words.scopes} required value={value.scopes} onChange={(next) => set({ scopes: next })}>
          <div className={classes.choices}>
            {scopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={words.scopeNames[scope]} />
            ))}
          </div>
        </Checkbox.Group>
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending} disabled={value.scopes.length === 0}>
            {words.make}
          </Button>
        </Group>
        {key !== null && <SecretOnce title={words.shownOnce} secret={key} />}
      </Stack>
    </Paper>
  );
}
