// A few faces and signs that service uses; arrows walk over them, Enter takes one.
import { Popover, UnstyledButton } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { useTexts } from '../app/use-texts.tsx';
import classes from './composer.module.css';
import { ToolButton } from './tool-button.tsx';

const SIGNS = [
  ...['😊', '😄', '🥰', '😘', '🤗', '😅', '😂', '🙏'],
  ...['👍', '👌', '👏', '💪', '🤝', '👋', '❤️', '💕'],
  ...['🌿', '🌸', '🎁', '🎉', '✨', '⭐', '☀️', '🍀'],
  ...['✅', '❌', '⚠️', 'ℹ️', '📌', '📎', '📞', '📅'],
  ...['⏰', '🚚', '💰', '💳', '🧾', '🔧', '💆', '🎓'],
];
const COLUMNS = 8;

export function EmojiPicker({ onChoose }: { onChoose: (sign: string) => void }) {
  const { composer: words } = useTexts().inbox;
  const [isOpen, setOpen] = useState(false);
  const choose = (sign: string) => {
    setOpen(false);
    onChoose(sign);
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="top-start" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <ToolButton label={words.emoji} isPressed={isOpen} onClick={() => setOpen(!isOpen)}>
          <IconMoodSmile size={20} stroke={1.6} aria-hidden />
        </ToolButton>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        <fieldset aria-label={words.emoji} className={classes.signs} onKeyDown={walk}>
          {SIGNS.map((sign) => (
            <UnstyledButton key={sign} className={classes.sign ?? ''} onClick={() => choose(sign)}>
              {sign}
            </UnstyledButton>
          ))}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };

function walk(event: KeyboardEvent<HTMLFieldSetElement>): void {
  const step = STEPS[event.key];
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button.matches(':focus'));
  if (step === undefined || at === -1) return;
  event.preventDefault();
  buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
}
