// The form of a rule about personal data: whose a row is, what leaves with an export, what erasure and time do to it.

/** Classes of retention: how long rows live is a setting, by class. */
export const retentionDays = {
  /** Webhook bodies byte for byte: proof of what a provider sent, for disputes and debugging. */
  webhook_bodies: 90,
  /** Words and pictures inside normalised events; the ledger keeps the words longer. */
  event_payloads: 90,
  media: 365,
  ledger_texts: 730,
  ledger_lines: 1_826,
  outbox_contents: 730,
  idempotent_requests: 7,
  usage_events: 760,
  import_rows: 90,
  import_files: 30,
  outgoing_events: 90,
  finished_steps: 760,
  oauth_states: 7,
  closed_requests: 1_826,
  audit: 3_652,
} as const;
export type RetentionClass = keyof typeof retentionDays;
export type RetentionDays = Readonly<Record<RetentionClass, number>>;

/** Proof that the law may ask for years later, and what reports compare: no setting makes these shorter. */
export const shortestDays: Partial<Record<RetentionClass, number>> = {
  audit: 1_826,
  closed_requests: 1_826,
  ledger_lines: 760,
};

/** Where the number of days comes from; shown beside it. Not legal advice. */
export const retentionReasons: Record<RetentionClass, string> = {
  webhook_bodies: 'Kept only to settle disputes with the provider; PDPL 91/2025: no longer than the purpose needs.',
  event_payloads: 'The ledger holds the same words; PDPL 91/2025: no longer than the purpose needs.',
  media: 'Pictures and files are of use while a case is open; a year covers warranty questions.',
  ledger_texts: 'Two years of conversation for care; afterwards kinds and times stay for KPIs.',
  ledger_lines: 'Five years of kinds and times, by whole months; consents and the audit are kept apart from it.',
  outbox_contents: 'As the texts of the ledger.',
  idempotent_requests: 'Longer than anybody repeats a call.',
  usage_events: '25 months: a year compared with the year before; monthly sums stay.',
  import_rows: 'Time to undo an import.',
  import_files: 'Time to look into an import.',
  outgoing_events: 'Time to replay to an endpoint.',
  finished_steps: '25 months: a year compared with the year before.',
  oauth_states: 'One visit to a permission page.',
  closed_requests: 'Proof that requests were answered: at least five years.',
  audit: 'Proof of who changed what: at least five years.',
};

/**
 * A condition over the row `t` that is true for rows of the person in `who` (who.ts): customer (uuid), identities,
 * conversations, events, deliveries, merges (uuid[]), names (text[]: their ids in other systems).
 */
export type Belonging = string;

export const CUSTOMER = 't.customer_id = (SELECT customer FROM who)';
export const IDENTITY = 't.identity_id = ANY((SELECT identities FROM who)::uuid[])';
/** A fresh id that nothing else knows: rows of one erased person stay countable, and lead to nobody. */
export const NOBODY = '(SELECT nobody FROM who)';

export type TableRule = {
  /** null = no row is about a customer. */
  belongs: Belonging | null;
  /** Columns that say something about the person. */
  personal: string;
  /** Columns that say something about somebody else (staff): not exported. */
  others?: string;
  /** All other columns. */
  plain: string;
  /** null = nothing of it leaves with an export, with the reason in `note`. */
  isExported: boolean;
  /** `set`: what an anonymous row keeps is what is not named here. */
  erase: 'delete' | 'keep' | { set: string };
  retention: Retention | null;
  note?: string;
};

/** Rows of `class` whose `age` column is older than its days are deleted, or only lose what `set` names. */
export type Retention = {
  class: RetentionClass;
  age: string;
  /** Further condition. */
  where?: string;
  /** The column that names a row, where its physical place does not: in tables that lie in parts. */
  key?: string;
  do: 'delete' | { set: string };
};
