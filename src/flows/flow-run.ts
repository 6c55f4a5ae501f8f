// The contract between scripts and the engine: what a run is told, what it answers. All plain data, nothing is done here.
import type { Message } from './message-schema.ts';

/** What a run may read. Filled by conversations/, completed by flow-tests/. Field names are those marketers write in files. */
export type FlowFacts = {
  /** ISO. */
  now: string;
  timeZone: string;
  channel: 'zalo' | 'messenger';
  customer: {
    name: string | null;
    given_name: string | null;
    /** anh, chị, em, mình …; null = not known: flows say "anh/chị". */
    form_of_address: string | null;
    phone: string | null;
    industry: string | null;
    role: string | null;
    tags: string[];
    language: string;
    /** What flows remembered with scope customer. */
    attributes: Record<string, string | number | boolean>;
    /** How many orders, and what they brought minus refunds (đồng). */
    orders?: number;
    spent?: number;
  };
  /** The one that made the flow due, or the one that expires first; null when there is none. */
  subscription: {
    id: string;
    product: string;
    plan: string | null;
    status: string;
    value: number | null;
    started_at: string | null;
    expires_at: string | null;
    days_left: number | null;
  } | null;
  /** Of all their subscriptions, whatever became of them: whose guides they may be shown. Absent = that of the one above. */
  products?: readonly string[];
  /** metric → latest value; "appointments.month" and "appointments.last_month" hold what a calendar month came to. */
  usage: Record<string, number>;
  business: { name: string; hotline: string | null; website: string | null };
  /**
   * Address of the calendar file: of the booking that a `book_training` of this very turn will make (the engine chooses
   * the booking's id beforehand), else of the newest booking. Without it the link is left out.
   */
  booking?: { calendar_url: string | null };
  /** The customer's next training that stands, whoever booked it; null or absent = none. */
  training?: { starts_at: string; topic: string; meeting_url: string | null; calendar_url: string | null } | null;
  /**
   * Whether the program waits for an answer, and whether these are the customer's first words: so that "ok" after nothing
   * and a first "chào em" are not taken for more than they are. Known where flows are entered.
   */
  conversation?: { asked: boolean; first: boolean };
} & JourneyFacts;

/** What care over weeks adds; absent parts read as empty. Dates are ISO, amounts are đồng. */
export type JourneyFacts = {
  /** Only inside journeys: ledger kind or reported event → how often since the enrolment began; absent = 0. */
  since?: Readonly<Record<string, number>>;
  order?: {
    id: string;
    kind: string;
    amount: number | null;
    at: string | null;
    items: string[];
    offer_code: string | null;
  } | null;
  case?: {
    id: string;
    kind: string;
    reason: string | null;
    outcome: string | null;
    opened_at: string | null;
    closed_at: string | null;
  } | null;
  /** The first key feature of the subscription's product that was never used. */
  feature?: { id: string; title: string; guide: string | null; metric: string; benefit: string | null } | null;
  features?: { total: number; used: number; unused: number };
  /** What customers of this industry use beside the subscription's product. */
  companion?: { product: string; title: string; benefit: string | null } | null;
  product?: { title: string } | null;
  plan?: { title: string; rank: number; next_title: string | null; next_price: number | null } | null;
  /** The one that the journey's step names. */
  offer?: {
    code: string;
    personal_code: string | null;
    benefit: string | null;
    price: number | null;
    gift: string | null;
    deadline: string | null;
  } | null;
  /** The first useful thing meant for them that they never had; null = nothing is left. */
  tip?: { id: string; title: string; text: string; link: string | null } | null;
  /** Last scores. */
  survey?: { csat?: number | null; nps?: number | null; ces?: number | null };
};

/** One way to reach somebody whom the message cannot reach: `template` is a name of the catalogue. */
export type Rung =
  | { do: 'template'; template: string; parameters: Record<string, string> }
  /** null = made from the message itself. */
  | { do: 'email'; subject: string | null; text: string | null }
  | { do: 'task' };
/** The ladder below a message that the channel's window no longer allows, tried in order. Empty = skipped with a reason. */
export type IfClosed = readonly Rung[];

/** What happens to a run. A tap is a text: its payload is the title of the choice. */
export type FlowInput =
  | { type: 'text'; text: string }
  | { type: 'attachment'; kind: string }
  | { type: 'timer'; key: string }
  /** An agent handed the conversation back: ask the pending question again. */
  | { type: 'resume' };

export type FlowCommand =
  /** `purpose` only when the step declares one; otherwise the engine decides (answer, or care when nobody just acted). */
  | {
      type: 'say';
      step: string;
      message: Message;
      purpose?: 'answer' | 'confirmation' | 'care' | 'advertising';
      ifClosed?: IfClosed;
    }
  /** Replaces a timer with the same key. ISO. */
  | { type: 'start_timer'; step: string; key: string; dueAt: string }
  /** Harmless when there is none. */
  | { type: 'cancel_timer'; key: string }
  | { type: 'remember'; step: string; name: string; value: string | number | boolean }
  | {
      type: 'record_survey';
      step: string;
      metric: 'csat' | 'nps' | 'ces';
      status: 'asked' | 'answered' | 'expired';
      score?: number;
      comment?: string;
    }
  | {
      type: 'record_offer';
      step: string;
      code: string;
      state: 'sent' | 'accepted' | 'declined' | 'later' | 'ignored' | 'expired';
      reason?: string;
      benefit?: string;
      gift?: string;
      deadlineAt?: string;
    }
  | {
      type: 'open_case';
      step: string;
      reason: string;
      /** Absent = other; a low score that was given before makes it low_score. */
      kind?: 'complaint' | 'offer' | 'other';
      dueInHours: number;
      detail: Record<string, string | number>;
    }
  | {
      type: 'open_task';
      step: string;
      title: string;
      kind: string;
      dueInHours: number;
      detail: Record<string, string | number>;
    }
  /** The engine stores it and makes `bookingUrl` (calendar file) known to later steps through facts. */
  | {
      type: 'book_training';
      step: string;
      topic: string;
      startsAt: string;
      durationMinutes: number;
      meetingUrl: string | null;
    }
  /** The next training is called off; harmless when there is none. */
  | { type: 'cancel_training'; step: string; reason: string }
  | { type: 'show_guide'; step: string; guideId: string; found: 'asked' | 'searched' }
  | { type: 'share_tip'; step: string; tip: string }
  | { type: 'hand_over'; step: string; reason: string }
  | { type: 'opt_out'; step: string }
  | { type: 'opt_in'; step: string }
  /** What somebody answered when asked, with the exact words they were asked in (null: they said so unasked). */
  | { type: 'record_consent'; step: string; purpose: 'advertising'; granted: boolean; wording: string | null }
  | { type: 'set_language'; step: string; language: string }
  /** Ends this run and begins another flow at its start or at a step. */
  | { type: 'go_to_flow'; step: string; flow: string; at?: string }
  /** The input meant nothing at this step; the engine tries other flows and guides before it apologises. */
  | {
      type: 'not_understood';
      step: string;
      /** The step's own way to ask again: say it when no other flow or guide knew the words either. */
      retry?: Message;
    }
  | { type: 'end'; step: string };

/** Plain JSON, stored in the conversation. */
export type FlowSnapshot = { state: string; context: Record<string, unknown> };

export type FlowStepResult = {
  snapshot: FlowSnapshot;
  /** Id of the step the run now waits at (or ended at). */
  step: string;
  commands: FlowCommand[];
  /** Ids of the steps this turn came to, in order; empty when it stayed. */
  path?: string[];
  /** True after end, hand-over to another flow, or an error that ended it. */
  isDone: boolean;
};
