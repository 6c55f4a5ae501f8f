// The stream of the server: kept open, opened again when it breaks, also when it broke without a word.
import { z } from 'zod';
import { readClock } from '../app/page-facts.ts';
import { inboxCounts } from './answers.ts';

const changed = z.object({ id: z.string() });
const presence = z.object({
  conversationId: z.string(),
  people: z.array(z.object({ id: z.string(), name: z.string(), typing: z.boolean() })),
});
export type Person = z.infer<typeof presence>['people'][number];

/** A stream that the server closed is opened again by us; one that broke, by the browser. */
const OPEN_AGAIN_MS = 4_000;
/** A short gap is not worth a word. */
const QUIET_MS = 3_000;
/** The server is heard every fifteen seconds; two beats that do not come are one too many. */
const DEAF_MS = 40_000;

export type Listeners = {
  onConversation: (id: string) => void;
  /** Somebody else's now: it may not be seen any more. */
  onGone: (id: string) => void;
  onCounts: (counts: z.infer<typeof inboxCounts>) => void;
  onPresence: (news: z.infer<typeof presence>) => void;
  onGap: () => void;
  onConnected: (isConnected: boolean) => void;
  onClosed: () => void;
};

/** Returns how to stop. */
export function listen(on: Listeners): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hadGap = false;
  let heardAt = readClock();
  const open = () => {
    source?.close();
    heardAt = readClock();
    source = follow(on, () => {
      heardAt = readClock();
    });
    source.onopen = () => {
      clearTimeout(timer);
      timer = undefined;
      on.onConnected(true);
      if (hadGap) on.onGap();
      hadGap = false;
    };
    source.onerror = () => {
      hadGap = true;
      const isClosed = source?.readyState === EventSource.CLOSED;
      timer ??= setTimeout(() => lose(isClosed), isClosed ? OPEN_AGAIN_MS : QUIET_MS);
    };
  };
  const lose = (isClosed: boolean) => {
    clearTimeout(timer);
    timer = undefined;
    on.onConnected(false);
    if (!isClosed) return;
    on.onClosed();
    open();
  };
  const stopWatching = whenDeaf(
    () => readClock() - heardAt,
    () => {
      hadGap = true;
      lose(false);
      open();
    },
  );
  open();
  return () => {
    clearTimeout(timer);
    stopWatching();
    source?.close();
  };
}

/** A line that broke somewhere on the way says nothing any more, not even that it is dead. Answers how to stop. */
function whenDeaf(silence: () => number, act: () => void): () => void {
  const watching = setInterval(() => silence() >= DEAF_MS && act(), DEAF_MS / 4);
  for (const name of ['online', 'offline']) window.addEventListener(name, act);
  return () => {
    clearInterval(watching);
    for (const name of ['online', 'offline']) window.removeEventListener(name, act);
  };
}

function follow(on: Listeners, onHeard: () => void): EventSource {
  const source = new EventSource('/api/v1/inbox/stream');
  const hear = <T>(name: string, schema: z.ZodType<T>, act: (value: T) => void) =>
    source.addEventListener(name, (event: MessageEvent<string>) => {
      onHeard();
      read(event, schema, act);
    });
  hear('conversation', changed, ({ id }) => on.onConversation(id));
  hear('gone', changed, ({ id }) => on.onGone(id));
  hear('reset', z.unknown(), on.onGap);
  hear('counts', inboxCounts, on.onCounts);
  hear('presence', presence, on.onPresence);
  for (const name of ['hello', 'beat']) hear(name, z.unknown(), () => undefined);
  return source;
}

function read<T>(event: MessageEvent<string>, schema: z.ZodType<T>, act: (value: T) => void): void {
  const parsed = schema.safeParse(JSON.parse(event.data));
  if (parsed.success) act(parsed.data);
}
