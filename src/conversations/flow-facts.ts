// What a script may read about the person and the moment, in the words that marketers write.
import { isChat } from '../channels/inbound-event-schema.ts';
import { DAY_MS } from '../clock.ts';
import { isRunning } from '../customers/subscription-change.ts';
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import { catalogueFacts } from '../flows/catalogue/catalogue-facts.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { RunFacts } from './conversation.ts';
import type { KnownSubscription, KnownTraining, Person } from './work.ts';

export type Business = { name: string; hotline: string | null; website: string | null };

/**
 * `subscriptionId` names the one that made the flow due; without it the one that expires first is shown. `calendarUrl` is
 * that of the training which was booked, or may be booked in this turn. `more` is what the journey knew when it began
 * the script: order, case, offer …; what the catalogue says of product and plan is known in every script.
 */
export function flowFacts(
  person: Person,
  at: {
    now: Date;
    timeZone: string;
    business: Business;
    subscriptionId: string | null;
    calendarUrl: string | null;
    calendarUrlOf?: ((bookingId: string) => string) | undefined;
    isAsked: boolean;
    isFirstContact: boolean;
    catalogue: Catalogue;
    more?: RunFacts | null;
  },
): FlowFacts {
  const { customer, identity } = person;
  const known = {
    now: at.now.toISOString(),
    timeZone: at.timeZone,
    // No script speaks by e-mail by itself; staff who start one there want its plain words.
    channel: isChat(identity.channel) ? identity.channel : ('zalo' as const),
    customer: {
      name: customer.name ?? identity.displayName,
      given_name: identity.givenName ?? lastWord(customer.name),
      form_of_address: customer.formOfAddress,
      phone: customer.phone,
      industry: customer.industry,
      role: customer.role,
      tags: customer.tags,
      language: customer.language,
      attributes: customer.attributes,
      ...at.more?.customer,
    },
    subscription: subscriptionFacts(pickSubscription(person.subscriptions, at.subscriptionId, at.now), at.now),
    products: person.subscriptions.map(({ product }) => product),
    usage: person.usage,
    business: at.business,
    booking: { calendar_url: at.calendarUrl },
    training: trainingFacts(person.training, at.calendarUrlOf),
    conversation: { asked: at.isAsked, first: at.isFirstContact },
  };
  return { ...catalogueFacts(at.catalogue, known), ...at.more, ...known };
}

function pickSubscription(all: KnownSubscription[], id: string | null, now: Date): KnownSubscription | null {
  const named = all.find((subscription) => subscription.id === id);
  if (named) return named;
  const running = all.filter((one) => isRunning(one.status) && (one.expiresAt === null || one.expiresAt > now));
  return (
    running.toSorted((a, b) => (a.expiresAt?.getTime() ?? Infinity) - (b.expiresAt?.getTime() ?? Infinity))[0] ?? null
  );
}

function subscriptionFacts(found: KnownSubscription | null, now: Date): FlowFacts['subscription'] {
  if (!found) return null;
  return {
    id: found.externalId,
    product: found.product,
    plan: found.plan,
    status: found.status,
    value: found.value,
    started_at: found.startedAt?.toISOString() ?? null,
    expires_at: found.expiresAt?.toISOString() ?? null,
    days_left: found.expiresAt ? Math.ceil((found.expiresAt.getTime() - now.getTime()) / DAY_MS) : null,
  };
}

export function trainingFacts(
  found: KnownTraining | null,
  calendarUrlOf?: (bookingId: string) => string,
): FlowFacts['training'] {
  if (found === null) return null;
  return {
    starts_at: found.startsAt.toISOString(),
    topic: found.topic,
    meeting_url: found.meetingUrl,
    calendar_url: calendarUrlOf?.(found.id) ?? null,
  };
}

/** Vietnamese names end with the given name. */
function lastWord(name: string | null): string | null {
  return name?.trim().split(/\s+/).at(-1) ?? null;
}
