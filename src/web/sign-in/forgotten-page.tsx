// Who forgot their password asks for a link. The answer never tells whether somebody has this e-mail.
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError, tell } from '../app/call-api.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Texts } from '../texts/vi.ts';
import { Door } from './sign-in-page.tsx';

export function ForgottenPage() {
  const texts = useTexts();
  const { forgotten: words } = texts.desk;
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => tell({ path: '/forgotten-password', body: { email: email.trim() } }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const complaint = complain(texts, ask.error);
  return (
    <Door title={words.title}>
      {ask.isSuccess ? (
        <Alert role="status">{words.sent}</Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm">{words.hint}</Text>
            {complaint !== null && (
              <Alert color="red" role="alert">
                {complaint}
              </Alert>
            )}
            <TextInput
              label={texts.signIn.email}
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus
              value={email}
              onChange={({ currentTarget }) => setEmail(currentTarget.value)}
            />
            <Button type="submit" size="md" loading={ask.isPending}>
              {words.send}
            </Button>
          </Stack>
        </form>
      )}
      <Link to="/sign-in" className="text-link">
        {words.back}
      </Link>
    </Door>
  );
}

function complain({ signIn, desk }: Texts, error: Error | null): string | null {
  if (error === null) return null;
  if (!(error instanceof ApiError)) return signIn.failed;
  if (error.code === 'mail_off') return desk.forgotten.off;
  if (error.status === 429) return signIn.tooOften;
  return error.status === 0 ? signIn.unreachable : signIn.failed;
}
