// The front door: who comes here is asked in, and then led to where they wanted to go.
import { Anchor, Center, Paper, SegmentedControl, Stack, Title } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import icon from '../app/icon.svg';
import { hasSandbox } from '../app/page-facts.ts';
import { useSession } from '../app/session.tsx';
import { type Language, useSpoken } from '../app/use-texts.tsx';
import { SignInForm } from './sign-in-form.tsx';

export function SignInPage() {
  const { enter } = useSession();
  const { texts } = useSpoken();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  return (
    <Door title={texts.signIn.title}>
      <SignInForm
        onEntered={(me) => {
          enter(me);
          void navigate({ href: next ?? '/' });
        }}
      />
      <Link to="/forgotten" className="small-link text-link">
        {texts.desk.forgotten.link}
      </Link>
      {hasSandbox && (
        <Anchor href="/sandbox" size="sm" underline="always">
          {texts.signIn.sandbox}
        </Anchor>
      )}
    </Door>
  );
}

/** The card that everything before the door stands in. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  const { language, speak } = useSpoken();
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack gap={6} align="center">
          <img src={icon} width={56} height={56} alt="" className="door-icon" />
          <Title order={1} size="h2">
            {title}
          </Title>
        </Stack>
        <Paper withBorder p="lg" radius="lg" shadow="xs">
          <Stack gap="md">{children}</Stack>
        </Paper>
        <SegmentedControl
          aria-label="Ngôn ngữ / Language"
          size="xs"
          value={language}
          onChange={(value) => speak(value)}
          data={languages}
        />
      </Stack>
    </Center>
  );
}

const languages: { value: Language; label: string }[] = [
  { value: 'vi', label: 'Tiếng Việt' },
  { value: 'en', label: 'English' },
];
