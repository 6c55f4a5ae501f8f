// Entry rules made ready: phrases read into words, spans into milliseconds, conditions into functions.
import { durationMs } from './duration.ts';
import { type Evaluator, isTrue } from './evaluate-expression.ts';
import type { EntryRule, FlowHead } from './flow-schema.ts';
import { makePhraseTable, type PhraseTable } from './match-phrase.ts';
import { compileCondition } from './plan-flow.ts';
import type { Wish } from './read-wish.ts';
import type { RunScope } from './run-scope.ts';

type EntryBase = {
  /** Unique in the flow and stable as long as the rule's kind and order stay: "says_1". */
  id: string;
  /** Step to begin at; null = the first. */
  at: string | null;
  condition: Evaluator | null;
};
export type SaysEntry = EntryBase & {
  on: 'says';
  anywhere: boolean;
  whole: PhraseTable;
  contains: PhraseTable;
  means: Wish | null;
  saveAs: string | null;
};
export type QuestionEntry = EntryBase & { on: 'question'; saveAs: string };
export type CompiledEntry = SaysEntry | QuestionEntry | (EntryBase & { on: 'follow' | 'first_contact' | 'manual' });

export function compileEntries(
  head: FlowHead,
  variables: ReadonlySet<string>,
): { entries: CompiledEntry[]; againAfterMs: number | null } {
  const counts = new Map<string, number>();
  const entries = head.entry.map((rule) => {
    const number = (counts.get(rule.on) ?? 0) + 1;
    counts.set(rule.on, number);
    return compileEntry(rule, `${rule.on}_${number}`, variables);
  });
  const { again_after: again } = head.settings;
  return { entries, againAfterMs: again === undefined ? null : durationMs(again) };
}

function compileEntry(rule: EntryRule, id: string, variables: ReadonlySet<string>): CompiledEntry {
  const condition = rule.if === undefined ? null : compileCondition(rule.if, variables);
  const base = { id, at: rule.go ?? null, condition };
  switch (rule.on) {
    case 'says':
      return {
        ...base,
        on: 'says',
        anywhere: rule.anywhere,
        whole: makePhraseTable(rule.whole ?? []),
        contains: makePhraseTable(rule.contains ?? []),
        means: rule.means ?? null,
        saveAs: rule.save_as ?? null,
      };
    case 'question':
      return { ...base, on: 'question', saveAs: rule.save_as };
    default:
      return { ...base, on: rule.on };
  }
}

/** Whether a rule's own `if` lets it begin now; rules without one always do. */
export function entryAllows(entry: CompiledEntry, scope: RunScope): boolean {
  return entry.condition === null || isTrue(entry.condition(scope));
}
