// Where an invitation or a reset leads: a password is set, once, and the link is used up.
import { Alert, Anchor, Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError, tell } from '../app/call-api.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Texts } from '../texts/vi.ts';
import { Door } from './sign-in-page.tsx';

export function LinkPage() {
  const { link: texts, signIn } = useTexts();
  const { token } = useParams({ from: '/links/$token' });
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const isDifferent = again !== '' && again !== password;
  const use = useMutation({
    mutationFn: () => tell({ path: `/links/${encodeURIComponent(token)}`, body: { password } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (again === password) use.mutate();
  };
  const visibility = { visibilityToggleButtonProps: { 'aria-label': signIn.showPassword } };
  const complaint = complain(texts, signIn, use.error);
  return (
    <Door title={texts.title}>
      {use.isSuccess ? (
        <Stack>
          <Alert role="status">{texts.done}</Alert>
          <Anchor component={Link} to="/sign-in">
            {texts.toSignIn}
          </Anchor>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {complaint !== null && (
              <Alert color="red" role="alert">
                {complaint}
              </Alert>
            )}
            <PasswordInput
              {...visibility}
              label={texts.password}
              description={texts.passwordHint}
              autoComplete="new-password"
              required
              withAsterisk={false}
              autoFocus
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <PasswordInput
              {...visibility}
              label={texts.again}
              autoComplete="new-password"
              required
              withAsterisk={false}
              value={again}
              error={isDifferent ? texts.differ : null}
              onChange={(event) => setAgain(event.currentTarget.value)}
            />
            <Button type="submit" size="md" loading={use.isPending}>
              {texts.save}
            </Button>
          </Stack>
        </form>
      )}
    </Door>
  );
}

function complain(texts: Texts['link'], signIn: Texts['signIn'], error: Error | null): string | null {
  if (error === null) return null;
  if (!(error instanceof ApiError)) return signIn.failed;
  if (error.status === 0) return signIn.unreachable;
  if (error.status === 429) return signIn.tooOften;
  if (error.status === 404 || error.status === 410 || error.status === 401) return texts.gone;
  return error.status === 400 || error.status === 422 ? texts.weak : signIn.failed;
}
