// What calls for somebody while they work elsewhere: a sound, a line in the app, a notification of the system when the page
// is not looked at. Quiet when asked.

import { useNavigate } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';
import { type Alerts, alertAnswer } from '../../inbox/alert-schema.ts';
import { callApi } from '../app/call-api.ts';
import { notify } from '../app/notify.ts';
import { useTexts } from '../app/use-texts.tsx';
import type { Texts } from '../texts/vi.ts';
import { isQuietNow, leaveOf, readWishes } from './alert-wishes.ts';
import { ring } from './sound.ts';

type Place = { cursor: string | null; known: Set<string>; isAsking: boolean; isOld: boolean };

/** To be seen by who looks up from another screen. */
const LONG_ENOUGH_MS = 15_000;

/** `onNews` asks what called for oneself; `onWaiting` tells that one more customer waits. */
export function useAlerts(): { onNews: () => void; onWaiting: (count: number) => void } {
  const { alerts: words } = useTexts().desk;
  const navigate = useNavigate();
  const place = useRef<Place>({ cursor: null, known: new Set(), isAsking: false, isOld: false });
  const show = useCallback(
    (id: string) => void navigate({ to: '/inbox/$queue', params: { queue: 'all' }, search: { c: id } }),
    [navigate],
  );
  const onNews = useCallback(() => {
    void askAlerts(place.current, (item) => {
      const { title, body } = wordsOf(item, words);
      call({ title, body, onOpen: () => show(item.conversationId) });
      notify({
        id: `alert-${item.id}`,
        title,
        message: body,
        autoClose: LONG_ENOUGH_MS,
        onClick: () => show(item.conversationId),
      });
    });
  }, [words, show]);
  const onWaiting = useCallback(
    (count: number) => call({ title: words.waiting, body: words.waitingBody(count), onOpen: () => undefined }),
    [words],
  );
  return { onNews, onWaiting };
}

/** One question at a time; what came meanwhile is asked for after it. */
async function askAlerts(place: Place, tell: (item: Alerts['items'][number]) => void): Promise<void> {
  place.isOld = true;
  if (place.isAsking) return;
  place.isAsking = true;
  try {
    while (place.isOld) {
      place.isOld = false;
      const after = place.cursor === null ? '' : `?after=${place.cursor}`;
      const { items, cursor } = await callApi(alertAnswer, { path: `/inbox/alerts${after}` });
      for (const item of items) {
        if (place.known.has(item.id)) continue;
        place.known.add(item.id);
        tell(item);
      }
      place.cursor = cursor;
    }
  } catch {
    // The next change asks again.
  } finally {
    place.isAsking = false;
  }
}

function wordsOf({ kind, customer, by, text }: Alerts['items'][number], words: Texts['desk']['alerts']) {
  const who = customer ?? words.somebody;
  if (kind === 'assigned') return { title: words.assigned(who), body: '' };
  return { title: words.mention(by ?? ''), body: `${who}: ${text ?? ''}`.slice(0, 200) };
}

type Call = { title: string; body: string; onOpen: () => void };

function call({ title, body, onOpen }: Call): void {
  if (isQuietNow()) return;
  ring();
  if (!readWishes().desktop || leaveOf() !== 'granted' || document.visibilityState === 'visible') return;
  const shown = new Notification(title, { body, tag: title });
  shown.onclick = () => {
    window.focus();
    onOpen();
    shown.close();
  };
}
