// What one does for the customer from here: begin a script, book a training, make a task, open a case.
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCalendarPlus, IconChecklist, IconRoute } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useKeys } from '../app/keys.ts';
import { useMe } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import { whenNeeded } from '../app/when-needed.ts';
import type { CareKind, Opened } from './care-dialog.tsx';
import classes from './composer.module.css';
import type { Conversation } from './context-answers.ts';

const CareDialog = lazy(() => whenNeeded(() => import('./care-dialog.tsx')));
const TemplateChooser = lazy(() => whenNeeded(() => import('./template-chooser.tsx')));

const KINDS = [
  { kind: 'flow', Icon: IconRoute },
  { kind: 'training', Icon: IconCalendarPlus },
  { kind: 'task', Icon: IconChecklist },
  { kind: 'case', Icon: IconAlertTriangle },
] as const;

export function CarePanel({ conversation }: { conversation: Conversation }) {
  const { care } = useTexts().inbox;
  const mayWrite = useMe().scopes.includes('conversations:write');
  const [opened, setOpened] = useState<Opened | null>(null);
  const setOpen = (kind: CareKind) => setOpened({ kind });
  const close = () => setOpened(null);
  useKeys(
    mayWrite
      ? { f: () => setOpen('flow'), l: () => setOpen('training'), v: () => setOpen('task'), c: () => setOpen('case') }
      : {},
  );
  if (!mayWrite) return null;
  return (
    <fieldset aria-label={care.title} className={classes.care}>
      {KINDS.map(({ kind, Icon }) => (
        <Button
          key={kind}
          size="compact-xs"
          variant="default"
          justify="flex-start"
          fw={500}
          px={5}
          leftSection={<Icon size={14} aria-hidden />}
          onClick={() => setOpen(kind)}
        >
          {care[kind]}
        </Button>
      ))}
      {opened !== null && (
        <Suspense>
          {opened.kind === 'template' ? (
            <TemplateChooser id={conversation.id} onClose={close} />
          ) : (
            <CareDialog
              key={opened.kind}
              conversation={conversation}
              kind={opened.kind}
              words={opened.words ?? ''}
              onTurn={setOpened}
              onClose={close}
            />
          )}
        </Suspense>
      )}
    </fieldset>
  );
}
