// Sending later, while the window is open: a few sensible moments, or one of one's own.
import { Menu } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { serverClock } from '../app/server-clock.ts';
import { hourOf } from '../app/time.ts';
import { useTexts } from '../app/use-texts.tsx';
import { whenNeeded } from '../app/when-needed.ts';
import type { Context } from './context-answers.ts';
import { ToolButton } from './tool-button.tsx';

const LaterPicker = lazy(() => whenNeeded(() => import('./later-picker.tsx')));

type Props = { window: Context['window']; value: string | null; onChange: (moment: string | null) => void };

export function LaterMenu({ window, value, onChange }: Props) {
  const { composer: words } = useTexts().inbox;
  const [isPicking, setPicking] = useState(false);
  const choose = (at: Date) => onChange(at.toISOString());
  return (
    <>
      <Menu position="top-start" shadow="md" width={220}>
        <Menu.Target>
          <ToolButton label={words.later} onClick={() => undefined}>
            <IconClock size={20} stroke={1.6} aria-hidden />
          </ToolButton>
        </Menu.Target>
        <Menu.Dropdown>
          {moments().map(({ name, at }) => (
            <Menu.Item key={name} disabled={isPast(at, window.closesAt)} onClick={() => choose(at)}>
              {words.laterChoice[name]}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => setPicking(true)}>{words.laterOther}</Menu.Item>
          {value !== null && (
            <>
              <Menu.Divider />
              <Menu.Item onClick={() => onChange(null)}>{words.laterClear}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {isPicking && (
        <Suspense>
          <LaterPicker closesAt={window.closesAt} onChoose={choose} onClose={() => setPicking(false)} />
        </Suspense>
      )}
    </>
  );
}

function isPast(at: Date, closesAt: string | null): boolean {
  return at.getTime() <= serverClock() || (closesAt !== null && at.getTime() > Date.parse(closesAt));
}

function moments() {
  const at = (days: number, hour: number) => hourOf(serverClock(), days, hour);
  return [
    { name: 'hour', at: new Date(serverClock() + 3_600_000) },
    { name: 'evening', at: at(0, 18) },
    { name: 'morning', at: at(1, 8) },
  ] as const;
}
