// Sending later, while the window is open: a few sensible moments, or one of one's own.
import { Button, Group, Menu, Modal, TextInput } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { readClock } from '../app/page-facts.ts';
import { fullMoment } from '../app/time.ts';
import { useSpoken } from '../app/use-texts.tsx';
import type { Context } from './context-answers.ts';
import { ToolButton } from './tool-button.tsx';

type Props = { window: Context['window']; value: string | null; onChange: (moment: string | null) => void };

export function LaterMenu({ window, value, onChange }: Props) {
  const { texts, language } = useSpoken();
  const { composer: words } = texts.inbox;
  const [isPicking, setPicking] = useState(false);
  const [own, setOwn] = useState('');
  const refusal = refusalOf(own, window.closesAt, (at) => words.laterClosed(fullMoment(at, language)), words.laterGone);
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
      <Modal
        opened={isPicking}
        onClose={() => setPicking(false)}
        title={words.later}
        centered
        closeButtonProps={{ 'aria-label': texts.general.close }}
      >
        <TextInput
          type="datetime-local"
          label={words.laterPick}
          value={own}
          error={own === '' ? null : refusal}
          onChange={(event) => setOwn(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setPicking(false)}>
            {texts.general.cancel}
          </Button>
          <Button
            disabled={own === '' || refusal !== null}
            onClick={() => {
              choose(new Date(own));
              setPicking(false);
            }}
          >
            {words.plan}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function refusalOf(own: string, closesAt: string | null, tooLate: (at: string) => string, gone: string): string | null {
  const at = Date.parse(own);
  if (Number.isNaN(at) || at <= readClock()) return gone;
  return closesAt !== null && at > Date.parse(closesAt) ? tooLate(closesAt) : null;
}

function isPast(at: Date, closesAt: string | null): boolean {
  return at.getTime() <= readClock() || (closesAt !== null && at.getTime() > Date.parse(closesAt));
}

function moments() {
  const at = (days: number, hour: number) => {
    const day = new Date(readClock());
    day.setDate(day.getDate() + days);
    day.setHours(hour, 0, 0, 0);
    return day;
  };
  return [
    { name: 'hour', at: new Date(readClock() + 3_600_000) },
    { name: 'evening', at: at(0, 18) },
    { name: 'morning', at: at(1, 8) },
  ] as const;
}
