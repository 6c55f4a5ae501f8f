// A backup from before an erasure knows the person still. The list of erased hashes lies beside the database as well,
// so that after a restore the same people are erased again, before anything is said to them.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { type EraseDeps, eraseCustomer } from './erase-customer.ts';
import { hashIdentity, namesOf } from './identity-hash.ts';

type Deps = EraseDeps & { db: Database };
const lineSchema = z.object({ hash: z.string(), kind: z.string(), erasedAt: z.coerce.date() });
type Line = z.infer<typeof lineSchema>;

const pathOf = (dataDir: string) => join(dataDir, 'erased-identities.jsonl');

/** Keyed hashes only; keep this file with every backup, and the SECRET_KEY it was made with. */
async function readList(dataDir: string): Promise<Line[]> {
  const text = await readFile(pathOf(dataDir), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    // The last line may be half written: its hashes are in the database and are written again.
    const parsed = lineSchema.safeParse(parseLine(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Brings list and table together in both directions; whoever the table did not know is erased again. Answers how many. */
export async function applyErasures(deps: Deps): Promise<number> {
  const { db, dataDir } = deps;
  const { rows } = await db.pool.query<{ hash: string; kind: string; erased_at: Date }>(
    `SELECT encode(hash, 'hex') AS hash, kind, erased_at FROM erased_identities`,
  );
  const listed = await readList(dataDir);
  const inList = new Set(listed.map(({ hash }) => hash));
  const inTable = new Set(rows.map(({ hash }) => hash));
  await append(
    dataDir,
    rows
      .filter(({ hash }) => !inList.has(hash))
      .map(({ hash, kind, erased_at }) => ({ hash, kind, erasedAt: erased_at })),
  );
  const lost = listed.filter(({ hash }) => !inTable.has(hash));
  return lost.length === 0 ? 0 : await eraseAgain(deps, lost);
}

async function append(dataDir: string, lines: Line[]): Promise<void> {
  if (lines.length === 0) return;
  await mkdir(dataDir, { recursive: true });
  await appendFile(pathOf(dataDir), lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
}

const BATCH = 2_000;

const PEOPLE = `
SELECT c.id, c.external_id, c.phone, c.email, c.created_at,
  (SELECT coalesce(json_agg(json_build_object('channel', i.channel, 'peerId', i.external_id)), '[]')
   FROM channel_identities i WHERE i.customer_id = c.id) AS peers
FROM customers c WHERE ($1::uuid IS NULL OR c.id > $1) ORDER BY c.id LIMIT ${BATCH}`;

type Person = {
  id: string;
  external_id: string | null;
  phone: string | null;
  email: string | null;
  created_at: Date;
  peers: { channel: string; peerId: string }[];
};

/** Everybody is looked at once: a hash cannot be looked up the other way round. */
async function eraseAgain(deps: Deps, lost: readonly Line[]): Promise<number> {
  const erasedAt = new Map(lost.map((line) => [line.hash, line.erasedAt]));
  let count = 0;
  for (let after: string | null = null; ; ) {
    const { rows }: { rows: Person[] } = await deps.db.pool.query<Person>(PEOPLE, [after]);
    for (const person of rows.filter((one) => isErased(deps.secretKey, one, erasedAt))) {
      const receipt = await deps.db.transaction('erase-again', (client) =>
        eraseCustomer(deps, client, { customerId: person.id, actor: 'system', reason: 'restored_from_backup' }),
      );
      count += receipt ? 1 : 0;
    }
    after = rows.at(-1)?.id ?? null;
    if (rows.length < BATCH) break;
  }
  await rememberAgain(deps.db, lost);
  return count;
}

/** Known by one of the hashes, and from before the erasure: whoever came back since is somebody new. */
function isErased(secretKey: Buffer, person: Person, erasedAt: ReadonlyMap<string, Date>): boolean {
  const named = namesOf({
    externalId: person.external_id,
    phone: person.phone,
    email: person.email,
    identities: person.peers,
  });
  return named.some((one) => {
    const at = erasedAt.get(hashIdentity(secretKey, one).toString('hex'));
    return at !== undefined && person.created_at < at;
  });
}

async function rememberAgain(db: Database, lost: readonly Line[]): Promise<void> {
  await db.durably('remember-erasures', () =>
    db.pool.query(
      `INSERT INTO erased_identities (hash, kind, opted_out, erased_at)
       SELECT decode(hash, 'hex'), kind, true, "erasedAt" FROM json_to_recordset($1::json) AS t(hash text, kind text, "erasedAt" timestamptz)
       ON CONFLICT (hash) DO NOTHING`,
      [JSON.stringify(lost)],
    ),
  );
}
