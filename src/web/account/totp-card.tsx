// The second factor: begun with the password, shown as a code to scan, on once six digits of it were entered.
import { Alert, Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { encode } from 'uqr';
import type { z } from 'zod';
import { totpAnswer } from '../../auth/session-schema.ts';
import { meAnswer } from '../app/answers.ts';
import { useMe, useSession } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { useSave } from '../settings/draft.tsx';
import { Card } from './card.tsx';
import { usePasswordWords } from './password-card.tsx';

export function TotpCard() {
  const { account: words } = useTexts().desk;
  const { isTotpOn } = useMe();
  const [begun, setBegun] = useState<z.infer<typeof totpAnswer> | null>(null);
  return (
    <Card title={words.totp}>
      <Text size="sm">{isTotpOn ? words.totpIsOn : words.totpIsOff}</Text>
      {isTotpOn && <Off />}
      {!isTotpOn && begun === null && <Begin onBegun={setBegun} />}
      {!isTotpOn && begun !== null && <Confirm {...begun} onDone={() => setBegun(null)} />}
    </Card>
  );
}

function AskPassword({
  button,
  onGiven,
  isPending,
}: {
  button: string;
  onGiven: (p: string) => void;
  isPending: boolean;
}) {
  const { desk, signIn } = useTexts();
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onGiven(password);
    setPassword('');
  };
  return (
    <Group component="form" align="flex-end" onSubmit={submit}>
      <PasswordInput
        label={desk.account.current}
        visibilityToggleButtonProps={{ 'aria-label': signIn.showPassword }}
        autoComplete="current-password"
        required
        flex={1}
        miw={200}
        value={password}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <Button type="submit" loading={isPending}>
        {button}
      </Button>
    </Group>
  );
}

function Begin({ onBegun }: { onBegun: (begun: z.infer<typeof totpAnswer>) => void }) {
  const { account: words } = useTexts().desk;
  const begin = useSave(totpAnswer, [], usePasswordWords());
  return (
    <>
      <Complaint words={begin.complaint} />
      <AskPassword
        button={words.totpBegin}
        isPending={begin.isPending}
        onGiven={(password) => begin.mutate({ path: '/me/totp', body: { password } }, { onSuccess: onBegun })}
      />
    </>
  );
}

function Confirm({ secret, uri, onDone }: z.infer<typeof totpAnswer> & { onDone: () => void }) {
  const { account: words } = useTexts().desk;
  const { enter } = useSession();
  const [code, setCode] = useState('');
  const confirm = useSave(meAnswer, ['me'], usePasswordWords());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { code: code.replaceAll(' ', '') };
    confirm.mutate(
      { path: '/me/totp/confirm', body },
      {
        onSuccess: (me) => {
          enter(me);
          onDone();
        },
      },
    );
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{words.totpScan}</Text>
      <QrCode text={uri} title={words.totpQr} />
      <Text size="sm">{words.totpSecret}</Text>
      <Code block className="keep-lines">
        {secret}
      </Code>
      <Text size="sm">{words.totpEnds}</Text>
      <Complaint words={confirm.complaint} />
      <Group component="form" align="flex-end" onSubmit={submit}>
        <TextInput
          label={words.totpCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          maxLength={11}
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
        />
        <Button type="submit" loading={confirm.isPending}>
          {words.totpConfirm}
        </Button>
      </Group>
    </Stack>
  );
}

function Off() {
  const { account: words } = useTexts().desk;
  const { enter } = useSession();
  const off = useSave(meAnswer, ['me'], usePasswordWords());
  return (
    <>
      <Complaint words={off.complaint} />
      <AskPassword
        button={words.totpOff}
        isPending={off.isPending}
        onGiven={(password) => off.mutate({ path: '/me/totp/off', body: { password } }, { onSuccess: enter })}
      />
    </>
  );
}

function Complaint({ words }: { words: string | null }) {
  if (words === null) return null;
  return (
    <Alert color="red" role="alert">
      {words}
    </Alert>
  );
}

/** Drawn here, dark on white in either scheme: the secret goes nowhere. */
function QrCode({ text, title }: { text: string; title: string }) {
  const { data, size } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      role="img"
      aria-label={title}
      viewBox={`0 0 ${size} ${size}`}
      width={208}
      height={208}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
