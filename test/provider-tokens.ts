// What no line of a log may hold: every token and secret by which we speak to the providers.
import type { Sandbox } from '../src/sandbox/start-sandbox.ts';

export function tokensOf({
  zaloSettings,
  messengerSettings,
}: Pick<Sandbox, 'zaloSettings' | 'messengerSettings'>): string[] {
  return Object.values({ ...zaloSettings, ...messengerSettings }).filter(
    (value): value is string => typeof value === 'string' && value.length >= 24 && !value.startsWith('http'),
  );
}
