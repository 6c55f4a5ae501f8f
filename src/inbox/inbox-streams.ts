// The live inbox of one process: one look at the changes each second for all open streams, each of which gets what is new
// since its own last line. Whoever reads too slowly is cut off, and comes back where they were.
import type { ServerResponse } from 'node:http';
import type pg from 'pg';
import { type Clock, SECOND_MS } from '../clock.ts';
import { isSeen, type Viewer } from '../http/may-see.ts';
import { createRound, type Round } from '../round.ts';
import { countConversations } from './count-conversations.ts';
import {
  type Change,
  changesSince,
  createFloor,
  currentPlace,
  type FeedPlace,
  isPast,
  readPlace,
  writePlace,
} from './follow-changes.ts';
import type { InboxCounts } from './inbox-schema.ts';
import { type Present, readPresence } from './keep-notes.ts';
import { everything, readSight, type Sight } from './read-sight.ts';

export type InboxStreams = Round & {
  /** Begins a stream; answers how to end it. `lastEventId`: where it was before it broke. */
  add(response: ServerResponse, viewer: Viewer, lastEventId: string | null): Promise<() => void>;
  close(): void;
};

type Listener = { response: ServerResponse; viewer: Viewer; from: string | null; counts: string; heardAt: number };

const HEARTBEAT_MS = 15 * SECOND_MS;
/** Bytes that wait for a slow reader before they are cut off. */
const MOST_WAITING = 256 * 1024;

type Deps = { db: { pool: pg.Pool }; clock: Clock };
type State = {
  listeners: Set<Listener>;
  /** Begin with the next look. */
  joining: Set<Listener>;
  place: FeedPlace | null;
  raise: ReturnType<typeof createFloor> | null;
  people: Map<string, Present[]>;
  /** Something moved since the numbers were told. */
  isCountOwed: boolean;
};

export function createInboxStreams(deps: Deps, onError: (error: unknown) => void): InboxStreams {
  const state: State = {
    listeners: new Set(),
    joining: new Set(),
    place: null,
    raise: null,
    people: new Map(),
    isCountOwed: false,
  };
  const round = createRound(() => look(deps, state), onError);
  return {
    ...round,
    add: async (response, viewer, lastEventId) => {
      const listener = { response, viewer, from: lastEventId, counts: '', heardAt: deps.clock.now().getTime() };
      const leave = () => {
        state.listeners.delete(listener);
        state.joining.delete(listener);
      };
      response.on('close', leave);
      state.joining.add(listener);
      round.ring();
      await round.idle();
      return () => {
        leave();
        response.end();
      };
    },
    close: () => {
      for (const { response } of [...state.listeners, ...state.joining]) response.end();
      state.listeners.clear();
      state.joining.clear();
    },
  };
}

/** Tells what was missed up to where this process stands; from there on the stream hears what all others hear. */
async function greet({ db }: Deps, place: FeedPlace, listener: Listener): Promise<void> {
  if (listener.from !== null) {
    const from = readPlace(listener.from);
    const missed = from && (await changesSince(db.pool, from, place.snapshot).catch(() => null));
    if (!missed || missed.isTooMuch || !isPast(from, place, missed.newestId)) send(listener, 'reset', {});
    else {
      const sight = await sightFor(
        db.pool,
        [listener],
        missed.changes.map(({ conversationId }) => conversationId),
      );
      for (const { event, data } of newsFor(listener.viewer, missed.changes, sight)) send(listener, event, data);
    }
  }
  send(listener, 'hello', { cursor: writePlace(place) }, writePlace(place));
}

type News = { event: 'conversation' | 'gone'; data: object };

/** What this viewer sees now; of what they see no more, but saw before this change, that it is gone. */
function newsFor(viewer: Viewer, changes: readonly Change[], sight: Sight): News[] {
  return changes.flatMap(({ conversationId: id, changedAt, was }): News[] => {
    if (sight(id, viewer)) return [{ event: 'conversation', data: { id, changedAt } }];
    return was.some((before) => isSeen(before, viewer, false)) ? [{ event: 'gone', data: { id } }] : [];
  });
}

async function look(deps: Deps, state: State): Promise<boolean> {
  const joining = [...state.joining];
  if (state.listeners.size === 0 && joining.length === 0) {
    state.place = null;
    state.people = new Map();
    return false;
  }
  if ((await tellChanges(deps, state)) || joining.length > 0) state.isCountOwed = true;
  for (const listener of joining) {
    if (state.place !== null) await greet(deps, state.place, listener);
    const sight = await sightFor(deps.db.pool, [listener], [...state.people.keys()]);
    for (const [conversationId, people] of state.people)
      if (sight(conversationId, listener.viewer)) send(listener, 'presence', { conversationId, people });
    if (state.joining.delete(listener)) state.listeners.add(listener);
  }
  // Who came has seen what called them.
  if (await tellPresence(deps, state)) state.isCountOwed = true;
  if (state.isCountOwed) await tellCounts(deps, state);
  state.isCountOwed = false;
  beat(deps, state);
  return false;
}

/**
 * The place is moved before anybody is told: a stream that breaks now comes back with the place before it. It is moved only
 * when all is known that is to be told: what stumbles before is looked at once more.
 */
async function tellChanges({ db }: Deps, state: State): Promise<boolean> {
  if (state.place === null) {
    state.place = await currentPlace(db.pool);
    state.raise = createFloor(state.place);
    return false;
  }
  const feed = await changesSince(db.pool, state.place);
  const sight = await sightFor(
    db.pool,
    state.listeners,
    feed.changes.map(({ conversationId }) => conversationId),
  );
  state.place = state.raise?.(feed.place, feed.newestId) ?? feed.place;
  const at = writePlace(state.place);
  for (const listener of state.listeners) {
    if (feed.isTooMuch) send(listener, 'reset', {}, at);
    // Only the last line moves the reader's place: a batch that broke off is told again.
    else {
      const news = newsFor(listener.viewer, feed.changes, sight);
      for (const [n, { event, data }] of news.entries())
        send(listener, event, data, n === news.length - 1 ? at : undefined);
    }
  }
  return feed.changes.length > 0 || feed.isTooMuch;
}

async function tellPresence({ db, clock }: Deps, state: State): Promise<boolean> {
  const now = await readPresence(db.pool, clock.now());
  const moved = [...new Set([...now.keys(), ...state.people.keys()])].filter(
    (id) => JSON.stringify(now.get(id) ?? []) !== JSON.stringify(state.people.get(id) ?? []),
  );
  const sight = await sightFor(db.pool, state.listeners, moved);
  for (const conversationId of moved)
    for (const listener of state.listeners)
      if (sight(conversationId, listener.viewer))
        send(listener, 'presence', { conversationId, people: now.get(conversationId) ?? [] });
  state.people = now;
  return moved.length > 0;
}

/** Nothing is asked while everybody who listens sees everything. */
async function sightFor(pool: pg.Pool, listeners: Iterable<Listener>, ids: string[]): Promise<Sight> {
  const isAnybodyLimited = [...listeners].some(({ viewer }) => viewer.isLimited);
  return isAnybodyLimited && ids.length > 0 ? await readSight(pool, ids) : everything;
}

/** Once for each who sees the same, and only when the numbers moved. */
async function tellCounts({ db, clock }: Deps, { listeners }: State): Promise<void> {
  const known = new Map<string, InboxCounts>();
  for (const listener of listeners) {
    const key = JSON.stringify(listener.viewer);
    const counts = known.get(key) ?? (await countConversations(db.pool, listener.viewer, clock.now()));
    known.set(key, counts);
    const text = JSON.stringify(counts);
    if (text !== listener.counts) send(listener, 'counts', counts);
    listener.counts = text;
  }
}

function beat({ clock }: Deps, { listeners }: State): void {
  const now = clock.now().getTime();
  for (const listener of listeners) {
    if (now - listener.heardAt < HEARTBEAT_MS) continue;
    listener.heardAt = now;
    // An event, not a comment: pages hear it, and know by its absence that the line is dead.
    send(listener, 'beat', {});
  }
}

function send(listener: Listener, event: string, data: unknown, id?: string): void {
  write(listener, `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function write({ response }: Listener, text: string): void {
  if (response.destroyed || response.writableEnded) return;
  if (response.writableLength > MOST_WAITING) response.destroy();
  else response.write(text);
}
