// A word in passing: done, refused, somebody waits. What shows it is no part of the first look.
import type { NotificationData } from '@mantine/notifications';
import { whenNeeded } from './when-needed.ts';

const listeners = new Set<() => void>();
let isWanted = false;

/** Shows it at the top of the page, whatever page that is. */
export function notify(notice: NotificationData): void {
  isWanted = true;
  for (const listener of listeners) listener();
  void whenNeeded(() => import('@mantine/notifications')).then(({ notifications }) => notifications.show(notice));
}

export function onNotices(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const areNoticesWanted = (): boolean => isWanted;
