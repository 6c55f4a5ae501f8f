// E-mail, password, and the code of the second factor once it is asked for.
import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Me, meAnswer } from '../app/answers.ts';
import { ApiError, callApi } from '../app/call-api.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Texts } from '../texts/vi.ts';

export function SignInForm({ email: known = '', onEntered }: { email?: string; onEntered: (me: Me) => void }) {
  const { signIn: texts } = useTexts();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const enter = useMutation({
    mutationFn: () => {
      const body = { email: email.trim(), password, ...(needsCode ? { code: code.replaceAll(' ', '') } : {}) };
      return callApi(meAnswer, { method: 'POST', path: '/session', body });
    },
    onSuccess: onEntered,
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'code_needed') setNeedsCode(true);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  const complaint = complain(texts, enter.error);
  return (
    <form onSubmit={submit} aria-label={texts.title}>
      <Stack gap="md">
        {complaint !== null && (
          <Alert color="red" role="alert" icon={<IconAlertCircle aria-hidden />}>
            {complaint}
          </Alert>
        )}
        <TextInput
          label={texts.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          readOnly={known !== ''}
          autoFocus={known === ''}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={texts.password}
          autoComplete="current-password"
          required
          withAsterisk={false}
          autoFocus={known !== ''}
          visibilityToggleButtonProps={{ 'aria-label': texts.showPassword }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {needsCode && (
          <TextInput
            label={texts.code}
            description={texts.codeHint}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            autoFocus
            maxLength={11}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        <Button type="submit" size="md" fullWidth loading={enter.isPending}>
          {texts.enter}
        </Button>
      </Stack>
    </form>
  );
}

/** What went wrong in words; null when there is nothing to complain about. */
function complain(texts: Texts['signIn'], error: Error | null): string | null {
  if (error === null) return null;
  if (!(error instanceof ApiError)) return texts.failed;
  if (error.code === 'code_needed') return null;
  if (error.code === 'wrong_code') return texts.wrongCode;
  if (error.status === 401) return texts.wrong;
  if (error.status === 429) return texts.tooOften;
  return error.status === 0 ? texts.unreachable : texts.failed;
}
