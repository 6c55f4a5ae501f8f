// Oneself: name, language, being away, the password, the second factor, where one is signed in, and what one wants to hear.
import { Stack, Switch, TextInput, Title } from '@mantine/core';
import type { FormEvent } from 'react';
import { meAnswer } from '../app/answers.ts';
import { useMe, useSession } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { SaveBar, useDraft, useSave } from '../settings/draft.tsx';
import { AlertCard } from './alert-card.tsx';
import { Card } from './card.tsx';
import { PasswordCard } from './password-card.tsx';
import { SessionCard } from './session-card.tsx';
import { TotpCard } from './totp-card.tsx';

export function AccountPage() {
  const { account } = useTexts().desk;
  return (
    <div className="page">
      <Stack className="page-inner" maw={720}>
        <Title order={1} size="h3">
          {account.title}
        </Title>
        <ProfileCard />
        <AlertCard />
        <PasswordCard />
        <TotpCard />
        <SessionCard />
      </Stack>
    </div>
  );
}

function ProfileCard() {
  const { desk, pages } = useTexts();
  const { name, isAway } = useMe();
  const { enter } = useSession();
  const draft = useDraft({ name, isAway });
  const save = useSave(meAnswer, ['me']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ method: 'PATCH', path: '/me', body: draft.value }, { onSuccess: enter });
  };
  return (
    <Card title={desk.account.profile}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={pages.settings.name}
            required
            maxLength={100}
            value={draft.value.name}
            onChange={({ currentTarget }) => draft.set({ name: currentTarget.value })}
          />
          <Switch
            label={desk.account.away}
            checked={draft.value.isAway}
            onChange={({ currentTarget }) => draft.set({ isAway: currentTarget.checked })}
          />
          <SaveBar
            draft={draft}
            isSaving={save.isPending}
            complaint={save.complaint}
            hasMistakes={draft.value.name.trim() === ''}
          />
        </Stack>
      </form>
    </Card>
  );
}
