// A reader of the inbox' stream as a browser is one: lines become events, and only an event with an id moves its place.
import { until } from '../outside/until.ts';

export type StreamEvent = { event: string; data: unknown; id: string | null };
export type Reader = {
  status: number;
  headers: Headers;
  /** All events so far; those after the last id will be told again to whoever comes back. */
  events: StreamEvent[];
  /** Of the last event that had one. */
  lastId(): string | null;
  /** The events up to the last id: what one may rely on. */
  settled(): StreamEvent[];
  hello(): Promise<unknown>;
  isOver(): boolean;
  leave(): void;
};

export async function openReader(url: string, headers: Record<string, string>): Promise<Reader> {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  const events: StreamEvent[] = [];
  const state = { isOver: false };
  const reader: Reader = {
    status: response.status,
    headers: response.headers,
    events,
    lastId: () => events.findLast(({ id }) => id !== null)?.id ?? null,
    settled: () => events.slice(0, events.findLastIndex(({ id }) => id !== null) + 1),
    hello: () => until('hello', () => events.some(({ event }) => event === 'hello')),
    isOver: () => state.isOver,
    leave: () => leaving.abort(),
  };
  void follow(response, (block) => {
    events.push(readBlock(block));
  })
    .catch(() => undefined)
    .finally(() => {
      state.isOver = true;
    });
  return reader;
}

async function follow(response: Response, onBlock: (block: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) onBlock(block);
  }
}

function readBlock(block: string): StreamEvent {
  const fields = new Map(block.split('\n').map((line) => [line.split(':')[0] ?? '', line.replace(/^\w+: /, '')]));
  const data: unknown = JSON.parse(fields.get('data') ?? 'null');
  return { event: fields.get('event') ?? '', data, id: fields.get('id') ?? null };
}
