// Who gets a conversation that was handed over. Pure: the same people and loads give the same answer.

export type Colleague = {
  id: string;
  teamId: string | null;
  skills: readonly string[];
  /** Conversations at once; null = no limit. */
  capacity: number | null;
  /** Open ones that they lead now. */
  load: number;
  isOnline: boolean;
  isAway: boolean;
};

export type Wanted = {
  /** Whoever led it last. */
  lastOwnerId: string | null;
  /** Only of this team, when it has one. */
  teamId: string | null;
  /** Words that may name a skill: channel, product, industry, language. */
  skills: readonly string[];
};

/** Whom the customer knows, else who knows most of it, else who has most room; null = nobody may now. */
export function chooseAssignee(colleagues: readonly Colleague[], wanted: Wanted): string | null {
  const able = colleagues.filter((one) => isFree(one) && (wanted.teamId === null || one.teamId === wanted.teamId));
  if (able.some(({ id }) => id === wanted.lastOwnerId)) return wanted.lastOwnerId;
  const words = new Set(wanted.skills.map((skill) => skill.toLocaleLowerCase('vi')));
  const knows = ({ skills }: Colleague) => skills.filter((skill) => words.has(skill.toLocaleLowerCase('vi'))).length;
  const [best] = able.toSorted(
    (a, b) => knows(b) - knows(a) || fill(a) - fill(b) || a.load - b.load || (a.id < b.id ? -1 : 1),
  );
  return best?.id ?? null;
}

function isFree({ isOnline, isAway, load, capacity }: Colleague): boolean {
  return isOnline && !isAway && (capacity === null || load < capacity);
}

/** How full they are; who has no limit counts as one who takes twenty. */
function fill({ load, capacity }: Colleague): number {
  return load / (capacity ?? 20);
}
