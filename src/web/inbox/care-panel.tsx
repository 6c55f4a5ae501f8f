// What one does for the customer from here: begin a script, book a training, make a task, open a case.
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCalendarPlus, IconChecklist, IconRoute } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useKeys } from '../app/keys.ts';
import { useMe } from '../app/session.tsx';
import { useTexts } from '../app/use-texts.tsx';
import classes from './composer.module.css';

const CareDialog = lazy(() => import('./care-dialog.tsx'));

export type CareKind = 'flow' | 'training' | 'task' | 'case';
const KINDS = [
  { kind: 'flow', Icon: IconRoute },
  { kind: 'training', Icon: IconCalendarPlus },
  { kind: 'task', Icon: IconChecklist },
  { kind: 'case', Icon: IconAlertTriangle },
] as const;

export function CarePanel({ id }: { id: string }) {
  const { care } = useTexts().inbox;
  const mayWrite = useMe().scopes.includes('conversations:write');
  const [open, setOpen] = useState<CareKind | null>(null);
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
      {open !== null && (
        <Suspense>
          <CareDialog id={id} kind={open} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </fieldset>
  );
}
