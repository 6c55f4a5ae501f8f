// What is made when it is first asked for: reading and compiling all scripts takes a moment that a start has not got.

/** Makes once, keeps for ever. */
export function later<V>(make: () => V): () => V {
  let made: { value: V } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Looks like a map whose values are all there, in the order in which they were put. */
export type LaterMap<V> = ReadonlyMap<string, V> & {
  /** What `make` cannot make (null) was never there. */
  put(key: string, make: () => V | null): void;
  delete(key: string): void;
  /** Makes one that nobody asked for yet; false when all are made. */
  makeOne(): boolean;
};

type Cell<V> = { make: () => V | null; isMade: boolean; value: V | null };

export function createLaterMap<V>(): LaterMap<V> {
  const cells = new Map<string, Cell<V>>();
  const open = (key: string, cell: Cell<V>): V | undefined => {
    if (!cell.isMade) Object.assign(cell, { value: cell.make(), isMade: true });
    if (cell.value !== null) return cell.value;
    cells.delete(key);
    return undefined;
  };
  const get = (key: string): V | undefined => {
    const cell = cells.get(key);
    return cell && open(key, cell);
  };
  function* entries(): MapIterator<[string, V]> {
    for (const [key, cell] of cells) {
      const value = open(key, cell);
      if (value !== undefined) yield [key, value];
    }
  }
  function* values(): MapIterator<V> {
    for (const [, value] of entries()) yield value;
  }
  const map: LaterMap<V> = {
    get,
    has: (key) => get(key) !== undefined,
    get size() {
      return cells.size;
    },
    keys: () => cells.keys(),
    values,
    entries,
    [Symbol.iterator]: entries,
    forEach: (use) => {
      for (const [key, value] of entries()) use(value, key, map);
    },
    put: (key, make) => {
      cells.set(key, { make, isMade: false, value: null });
    },
    delete: (key) => {
      cells.delete(key);
    },
    makeOne: () => {
      for (const [key, cell] of cells) {
        if (cell.isMade) continue;
        open(key, cell);
        return true;
      }
      return false;
    },
  };
  return map;
}
