// What somebody wants to hear on this browser: kept here, because the next browser may stand in another room.
import { useState } from 'react';
import { z } from 'zod';
import { serverClock } from '../app/server-clock.ts';
import { clockOf } from '../app/time.ts';

const KEY = 'ganbo.alerts';
const wishSchema = z.object({
  desktop: z.boolean().catch(false),
  mute: z.boolean().catch(false),
  quiet: z.boolean().catch(false),
  from: z.string().catch('22:00'),
  to: z.string().catch('07:00'),
});
export type AlertWishes = z.infer<typeof wishSchema>;

export function readWishes(): AlertWishes {
  try {
    return wishSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return wishSchema.parse({});
  }
}

export function useAlertWishes(): [AlertWishes, (part: Partial<AlertWishes>) => void] {
  const [wishes, setWishes] = useState(readWishes);
  return [
    wishes,
    (part) => {
      const next = { ...readWishes(), ...part };
      localStorage.setItem(KEY, JSON.stringify(next));
      setWishes(next);
    },
  ];
}

/** Muted, or inside the quiet hours, which may span midnight. */
export function isQuiet({ mute, quiet, from, to }: AlertWishes, now: Date): boolean {
  if (mute) return true;
  if (!quiet || from === to) return false;
  const time = clockOf(now.getTime());
  return from < to ? from <= time && time < to : time >= from || time < to;
}

export const isQuietNow = (): boolean => isQuiet(readWishes(), new Date(serverClock()));

export function leaveOf(): NotificationPermission | 'none' {
  return 'Notification' in globalThis ? Notification.permission : 'none';
}

/** Only after a click: browsers refuse anything else, and people too. */
export async function askLeave(): Promise<NotificationPermission | 'none'> {
  return leaveOf() === 'none' ? 'none' : await Notification.requestPermission();
}
