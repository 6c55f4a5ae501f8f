// One storm from beginning to end: everybody counts while it rages, then it is quiet, then the oracle speaks.
import { setTimeout as wait } from 'node:timers/promises';
import { tokensOf } from '../provider-tokens.ts';
import { seededChance } from './chance.ts';
import { openLossyWire } from './lossy-wire.ts';
import { judge, type Verdict } from './oracle.ts';
import { type StormKind, type StormName, stormKinds } from './storm-kinds.ts';
import { openStormServer } from './storm-server.ts';
import { becomeQuiet, everybodyCounts, openStormWorld, type StormWorld } from './storm-world.ts';
import { tellPerson } from './tell-person.ts';

export type StormOptions = { kind: StormName; seed: number; messages: number };

export type StormReport = Verdict & {
  kind: StormName;
  seed: number;
  kills: number;
  statuses: Record<string, number>;
  reordered: number;
  seconds: { feeding: number; quiet: number };
  /** Lines of the log, all of which were looked at for what they must not tell. */
  logged: number;
  /** What happened to one of those to whom each promise was broken. */
  told: string[][];
  /** What the processes complained about, the last of it. */
  said: string;
};

const MESSAGES_EACH = 20;
/** Of what became uncertain Messenger is asked twice a second; a twentieth of 10,000 messages does, where answers get lost. */
const QUIET_WITHIN_MS = 900_000;

export async function runStorm({ kind: name, seed, messages }: StormOptions): Promise<StormReport> {
  const kind: StormKind = stormKinds[name];
  const chance = seededChance(seed);
  const server = await openStormServer();
  const wire = await openLossyWire(server.url);
  const people = Math.max(1, Math.round(messages / MESSAGES_EACH));
  const { processes } = kind;
  const world = await openStormWorld({
    databaseUrl: server.url,
    processUrl: wire.url,
    processes,
    people,
    chance,
    seed,
  });
  try {
    await Promise.all(world.processes.map((one) => one.startReady()));
    const begun = Date.now();
    const raging = kind.rage({ world, server, wire });
    await everybodyCounts(world, MESSAGES_EACH, { perSecond: kind.perSecond ?? Infinity });
    await untilAllKept(world);
    const fed = Date.now();
    world.isOver = true;
    await raging;
    await becomeQuiet(world, QUIET_WITHIN_MS);
    const evidence = { carried: world.feed.carried, ledger: world.sandbox.ledger, pool: world.pool };
    const verdict = await judge(evidence);
    const told = await Promise.all(verdict.people.map((person) => tellPerson(evidence, person)));
    const lines = world.processes.flatMap((one) =>
      one
        .output()
        .split('\n')
        .filter((line) => line !== ''),
    );
    const statuses = Object.fromEntries([...world.feed.seen.statuses].sort(([a], [b]) => a - b));
    const errors = [...world.feed.seen.statuses.keys()].filter((status) => status >= 500);
    const broken = kind.refusesErrors ? errors.map((status) => `answered ${status}`) : [];
    return {
      ...verdict,
      broken: [...verdict.broken, ...broken, ...tellTales(lines, world)],
      kind: name,
      seed,
      kills: world.seen.kills,
      statuses,
      reordered: world.feed.seen.reordered,
      seconds: { feeding: Math.round((fed - begun) / 1_000), quiet: Math.round((Date.now() - fed) / 1_000) },
      told,
      logged: lines.length,
      said: lines
        .filter((line) => !line.startsWith('{') || line.includes('"level":50'))
        .slice(-20)
        .join('\n'),
    };
  } finally {
    world.isOver = true;
    await world.close();
    await wire.close();
    await server.close();
  }
}

/** Lines of the log that tell who somebody is, what they wrote or heard, or a token. */
function tellTales(lines: readonly string[], { people, sandbox }: StormWorld): string[] {
  const secrets = new Set([...people.flatMap(({ id, name }) => [id, name]), ...tokensOf(sandbox)]);
  const tells = (line: string) =>
    /bắt đầu|số \d/.test(line) || line.split(/[^\p{L}\p{N}_\- ]+/u).some((word) => secrets.has(word.trim()));
  const told = lines.filter(tells);
  return told.length === 0 ? [] : [`G12 a line of the log tells: ${told.length}, as ${told[0]?.slice(0, 300)}`];
}

const KEPT_WITHIN_MS = 1_200_000;

/** The storm goes on until every message has had its 2xx. */
async function untilAllKept({ feed }: StormWorld): Promise<void> {
  const isKept = () => feed.carried.every(({ message, keptAt }) => message === null || keptAt !== null);
  for (const end = Date.now() + KEPT_WITHIN_MS; Date.now() < end && !isKept(); ) await wait(250);
}
