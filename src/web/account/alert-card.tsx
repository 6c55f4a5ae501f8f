// What one wants to hear, and when not. The browser is asked for leave only on a click.
import { Alert, Group, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../app/use-texts.tsx';
import { askLeave, leaveOf, useAlertWishes } from '../inbox/alert-wishes.ts';
import { useSound } from '../inbox/sound.ts';
import { Card } from './card.tsx';

export function AlertCard() {
  const { alerts: words } = useTexts().desk;
  const [wishes, wish] = useAlertWishes();
  const [hasSound, setSound] = useSound();
  const [isDenied, setDenied] = useState(leaveOf() === 'denied');
  const turnOn = async (isOn: boolean) => {
    if (!isOn) return wish({ desktop: false });
    const leave = await askLeave();
    setDenied(leave !== 'granted');
    wish({ desktop: leave === 'granted' });
  };
  return (
    <Card title={words.title}>
      <Switch
        label={words.desktop}
        description={words.desktopHint}
        checked={wishes.desktop && !isDenied}
        onChange={({ currentTarget }) => void turnOn(currentTarget.checked)}
      />
      {isDenied && (
        <Alert color="yellow" role="status">
          {words.denied}
        </Alert>
      )}
      <Switch
        label={words.sound}
        checked={hasSound}
        onChange={({ currentTarget }) => setSound(currentTarget.checked)}
      />
      <Switch
        label={words.mute}
        checked={wishes.mute}
        onChange={({ currentTarget }) => wish({ mute: currentTarget.checked })}
      />
      <Switch
        label={words.quiet}
        checked={wishes.quiet}
        onChange={({ currentTarget }) => wish({ quiet: currentTarget.checked })}
      />
      {wishes.quiet && (
        <Group>
          <TextInput
            type="time"
            label={words.quietFrom}
            value={wishes.from}
            onChange={({ currentTarget }) => wish({ from: currentTarget.value })}
          />
          <TextInput
            type="time"
            label={words.quietTo}
            value={wishes.to}
            onChange={({ currentTarget }) => wish({ to: currentTarget.value })}
          />
        </Group>
      )}
    </Card>
  );
}
