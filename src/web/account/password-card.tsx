// A new password: whoever knew the old one is out, everywhere.
import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { meAnswer } from '../app/answers.ts';
import { useTexts } from '../app/use-texts.tsx';
import { useSave } from '../settings/draft.tsx';
import { Card } from './card.tsx';

export function usePasswordWords(): Record<string, string> {
  const { account } = useTexts().desk;
  const { wrongPassword, weak, tooOften, wrongCode } = account;
  return {
    wrong_password: wrongPassword,
    weak_password: weak,
    too_many_attempts: tooOften,
    wrong_code: wrongCode,
    invalid_request: wrongCode,
  };
}

export function PasswordCard() {
  const { desk, signIn, link } = useTexts();
  const { account: words } = desk;
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const save = useSave(meAnswer, ['sessions'], usePasswordWords());
  const eye = { visibilityToggleButtonProps: { 'aria-label': signIn.showPassword } };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = () => {
      setCurrent('');
      setNext('');
    };
    save.mutate({ path: '/me/password', body: { current, next } }, { onSuccess });
  };
  return (
    <Card title={words.password}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {save.complaint !== null && (
            <Alert color="red" role="alert">
              {save.complaint}
            </Alert>
          )}
          {save.isSuccess && <Alert role="status">{words.changed}</Alert>}
          <PasswordInput
            {...eye}
            label={words.current}
            autoComplete="current-password"
            required
            value={current}
            onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
          />
          <PasswordInput
            {...eye}
            label={words.next}
            description={link.passwordHint}
            autoComplete="new-password"
            required
            value={next}
            onChange={({ currentTarget }) => setNext(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending}>
              {words.password}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
