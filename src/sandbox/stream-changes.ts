// Server-sent events for the phone page: everything that changes, gathered so that a burst becomes one line per person.
import type { ServerResponse } from 'node:http';
import type { Person } from './sandbox-schema.ts';
import type { JournalEntry } from './world.ts';
import { nowMs, type World } from './world.ts';

const MESSAGES_SHOWN = 200;

export type ChangeStream = { add(response: ServerResponse): void; close(): void };

export function createChangeStream(world: World): ChangeStream {
  const clients = new Set<ServerResponse>();
  const changed = new Set<Person>();
  const send = (event: string, data: unknown) => {
    const lines = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const client of clients) client.write(lines);
  };
  const flush = () => {
    for (const person of changed) if (world.state.people.includes(person)) send('person', viewPerson(person));
    changed.clear();
  };
  const onPerson = (person: Person) => {
    if (clients.size === 0) return;
    if (changed.size === 0) setImmediate(flush);
    changed.add(person);
  };
  world.events.on('person', onPerson);
  world.events.on('removed', (person: Person) => send('removed', { id: person.id }));
  world.events.on('journal', (entry: JournalEntry) => send('journal', entry));
  world.events.on('faults', () => send('faults', world.faults.list()));
  world.events.on('clock', () => send('clock', { now: nowMs(world) }));
  return {
    add(response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write(`event: state\ndata: ${JSON.stringify(viewState(world))}\n\n`);
      clients.add(response);
      response.on('close', () => clients.delete(response));
    },
    close() {
      for (const client of clients) client.end();
    },
  };
}

/** Everything that the phone page needs to draw itself once. */
export function viewState(world: World) {
  return {
    now: nowMs(world),
    people: world.state.people.map(viewPerson),
    journal: world.journal,
    faults: world.faults.list(),
    canMoveClock: world.clock.advance !== undefined,
    violations: world.violations.length,
  };
}

function viewPerson(person: Person) {
  const visible = person.messages.filter((message) => !message.isHidden);
  return { ...person, messages: visible.slice(-MESSAGES_SHOWN) };
}
