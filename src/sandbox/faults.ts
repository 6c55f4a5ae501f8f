// Faults on demand: rules that make the pretend providers misbehave, by count or by seeded chance.
import { z } from 'zod';
import { type SandboxChannel, sandboxChannelSchema } from './sandbox-schema.ts';

export const faultKindSchema = z.enum([
  /** 500 before anything was accepted. */
  'http500',
  /** Zalo -32; Messenger 429 with 613 and Retry-After. */
  'rate_limit',
  /** The connection is reset before anything was accepted. */
  'reset',
  /** Accepted, then the connection is dropped without an answer. */
  'drop_answer',
  /** Accepted, the answer comes `ms` later. */
  'stall',
  /** Accepted, the answer is broken JSON. */
  'bad_json',
  'expired_token',
  'window_closed',
  'quota_used_up',
  'echo_late',
  'echo_never',
  'echo_twice',
  'receipt_never',
  'webhook_late',
  'webhook_never',
  'webhook_twice',
  /** Held back until the next webhook of the channel has gone. */
  'webhook_reordered',
]);
export type FaultKind = z.infer<typeof faultKindSchema>;

export const callScopeSchema = z.enum(['send', 'profile', 'oauth', 'other']);
export type CallScope = z.infer<typeof callScopeSchema>;

export const faultRuleSchema = z.object({
  channel: sandboxChannelSchema,
  kind: faultKindSchema,
  /** How often it strikes before it is gone; unset = until cleared. */
  count: z.number().int().positive().optional(),
  /** Chance of each call, 0 to 1; unset = always. */
  rate: z.number().min(0).max(1).optional(),
  /** Length of a stall or delay; Retry-After of a rate limit. */
  ms: z.number().int().min(0).max(600_000).optional(),
  /** Which calls it strikes; unset = sends. */
  scope: z.union([callScopeSchema, z.literal('any')]).optional(),
});
export type FaultRule = z.infer<typeof faultRuleSchema>;
export type ActiveFault = FaultRule & { id: number };

export type Faults = {
  add(rule: FaultRule): ActiveFault;
  remove(id: number): void;
  clear(channel?: SandboxChannel): void;
  list(): ActiveFault[];
  /** The rule that strikes now, its count lowered; null when none does. */
  take(channel: SandboxChannel, kind: FaultKind, scope?: CallScope): ActiveFault | null;
};

export function createFaults(seed: number, onChange: () => void): Faults {
  const chance = createSeededChance(seed);
  let rules: ActiveFault[] = [];
  let lastId = 0;
  const keep = (next: ActiveFault[]) => {
    rules = next;
    onChange();
  };
  return {
    add(rule) {
      lastId += 1;
      const active = { ...rule, id: lastId };
      keep([...rules, active]);
      return active;
    },
    remove: (id) => keep(rules.filter((rule) => rule.id !== id)),
    clear: (channel) => keep(channel === undefined ? [] : rules.filter((rule) => rule.channel !== channel)),
    list: () => rules.map((rule) => ({ ...rule })),
    take(channel, kind, scope = 'send') {
      const rule = rules.find(
        (candidate) => candidate.channel === channel && candidate.kind === kind && strikesScope(candidate, scope),
      );
      if (rule === undefined) return null;
      if (rule.rate !== undefined && chance() >= rule.rate) return null;
      if (rule.count !== undefined) {
        const left = rule.count - 1;
        keep(rules.flatMap((other) => (other.id !== rule.id ? [other] : left > 0 ? [{ ...other, count: left }] : [])));
      }
      return rule;
    },
  };
}

function strikesScope(rule: FaultRule, scope: CallScope): boolean {
  const wanted = rule.scope ?? 'send';
  return wanted === 'any' || wanted === scope;
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function createSeededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
