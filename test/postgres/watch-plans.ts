// Looks over the shoulder of whatever asks the database in this process: the plan of each statement, at the moment and
// in the transaction in which it is asked.
import pg from 'pg';
import { z } from 'zod';
import { readAsked } from './asked-statement.ts';

/** `about`: the statement's name, or how it begins; `scans`: tables, `walks`: indexes that are read from end to end. */
export type SeenPlan = { about: string; text: string; scans: string[]; walks: string[]; plan: string };

/** Statements are the same whatever their values; plans may differ a little. */
const LOOKS = 3;
const nodeSchema = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  get Plans() {
    return z.array(nodeSchema).optional();
  },
});
type Node = z.infer<typeof nodeSchema>;
const answerSchema = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: nodeSchema })]) })]);

export type PlanWatch = { seen(): SeenPlan[]; mistakes: string[]; stop(): void };

export function watchPlans(): PlanWatch {
  const seen = new Map<string, SeenPlan[]>();
  const mistakes: string[] = [];
  const original = pg.Client.prototype.query;
  const known = new WeakSet<object>();
  pg.Client.prototype.query = new Proxy(original, {
    apply(target, client: object, given: unknown[]) {
      if (!known.has(client)) {
        known.add(client);
        // Some ten thousand rows stand for very many, where reading a whole table is never the cheaper way.
        Reflect.apply(target, client, ['SET random_page_cost = 1.1; SET seq_page_cost = 5']).catch(() => undefined);
      }
      const asked = readAsked(given);
      const before = asked === null ? [] : (seen.get(asked.text) ?? []);
      if (asked !== null && before.length < LOOKS) {
        const plan: SeenPlan = {
          about: asked.about,
          text: asked.text,
          scans: [],
          walks: [],
          plan: '',
        };
        seen.set(asked.text, [...before, plan]);
        const explain = { text: `EXPLAIN (FORMAT JSON) ${asked.text}`, values: asked.values ?? [] };
        const noted = (answer: { rows: unknown[] }) => note(plan, answer.rows);
        Reflect.apply(target, client, [explain]).then(noted, (error: unknown) => {
          mistakes.push(`${plan.about}: ${error instanceof Error ? error.message : String(error)}`);
        });
      }
      return Reflect.apply(target, client, given);
    },
  });
  return {
    seen: () => [...seen.values()].flat(),
    mistakes,
    stop: () => {
      pg.Client.prototype.query = original;
    },
  };
}

function note(seen: SeenPlan, rows: unknown[]): void {
  const answer = answerSchema.parse(rows);
  const [{ Plan: top }] = answer[0]['QUERY PLAN'];
  seen.scans = scansOf(top);
  seen.walks = walksOf(top);
  seen.plan = JSON.stringify(top);
}

/** The tables that are read whole. */
function scansOf(node: Node): string[] {
  const table = node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined;
  return [...(table === undefined ? [] : [table]), ...(node.Plans ?? []).flatMap(scansOf)];
}

/** The indexes that are read without being asked for anything in particular. */
function walksOf(node: Node): string[] {
  const index = node['Index Cond'] === undefined ? node['Index Name'] : undefined;
  return [...(index === undefined ? [] : [index]), ...(node.Plans ?? []).flatMap(walksOf)];
}
