// What may be said on this channel now, for how long, and what it costs.
import { Text } from '@mantine/core';
import { money, spanInWords } from '../app/time.ts';
import { useNow } from '../app/use-now.ts';
import { useSpoken } from '../app/use-texts.tsx';
import type { Context } from './context-answers.ts';
import classes from './conversation.module.css';

export function WindowState({ window }: { window: Context['window'] }) {
  const { texts, language } = useSpoken();
  const { window: words } = texts.inbox;
  const now = useNow();
  const state = window.cost
    ? words.charged(money(window.cost, language))
    : window.mode === 'human_agent'
      ? words.human
      : words.free;
  const left = window.closesAt ? words.until(spanInWords(Date.parse(window.closesAt) - now, language)) : null;
  return (
    <Text size="xs" className={classes.windowState ?? ''} title={window.reason}>
      {[state, left].filter(Boolean).join(' · ')}
    </Text>
  );
}

/** Nothing that a person types may go out now. */
export function isWindowClosed({ mode }: Context['window']): boolean {
  return mode === null || mode === 'template';
}
