// Everything a turn may know about one person: read under the lock, handed to pure code.
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { SurveyHistory } from '../surveys/may-ask-survey.ts';
import type { Conversation } from './conversation.ts';

export type KnownIdentity = {
  id: string;
  channel: ChannelName;
  accountId: string;
  peerId: string;
  displayName: string | null;
  givenName: string | null;
  profilePhone: string | null;
  followedAt: Date | null;
  /** Since they turned away; null again when they follow. */
  unfollowedAt: Date | null;
  lastInteractionAt: Date | null;
  lastInboundAt: Date | null;
  unreachableReason: string | null;
};

export type KnownCustomer = {
  id: string;
  isNew: boolean;
  name: string | null;
  formOfAddress: string | null;
  phone: string | null;
  email: string | null;
  industry: string | null;
  role: string | null;
  tags: string[];
  attributes: Record<string, string | number | boolean>;
  language: string;
  optedOutAt: Date | null;
};

export type KnownSubscription = {
  id: string;
  externalId: string;
  product: string;
  plan: string | null;
  status: string;
  value: number | null;
  startedAt: Date | null;
  expiresAt: Date | null;
};

export type KnownTraining = { id: string; topic: string; startsAt: Date; meetingUrl: string | null };

export type Person = {
  identity: KnownIdentity;
  customer: KnownCustomer;
  conversation: Conversation;
  subscriptions: KnownSubscription[];
  usage: Record<string, number>;
  /** The next one that stands, wherever it was booked. */
  training: KnownTraining | null;
  /** So much waits to leave for them that more would help nobody. Absent = no. */
  isFlooded?: boolean;
  /**
   * Steps of journeys whose flow is among the events of this turn, as far as they are still due; `paused` waits for staff.
   * Absent = nobody looked.
   */
  dueSteps?: ReadonlyMap<string, 'due' | 'paused'>;
  /** Read when a flow is due for them. */
  surveys?: SurveyHistory;
};
