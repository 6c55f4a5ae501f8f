// Messenger's windows and tags: may this be said to this person now (contract sheet, 2.3 and 2.4)?
import { DAY_MS } from '../../clock.ts';
import type { Person } from '../sandbox-schema.ts';
import { badParameter, type GraphRefusal, notAvailable, outsideWindow } from './refuse.ts';

export type WindowQuestion = {
  messagingType: unknown;
  tag: unknown;
  /** template_type of an attachment; null when there is none. */
  templateType: string | null;
  /** Whether message.template (a utility template) is set. */
  isUtility: boolean;
};

const STANDARD_MS = DAY_MS;
const TAGGED_MS = 7 * DAY_MS;
const DEAD_TAGS = ['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE', 'NON_PROMOTIONAL_SUBSCRIPTION'];

/** The refusal, or null when it may be sent. */
export function checkWindow(person: Person, now: number, question: WindowQuestion): GraphRefusal | null {
  const { messagingType, tag } = question;
  if (person.isBlocking) return notAvailable;
  const age = person.lastInteractionAt === null ? Number.POSITIVE_INFINITY : now - person.lastInteractionAt;
  if (question.isUtility !== (messagingType === 'UTILITY')) return badParameter('messaging_type of a utility template');
  if (tag !== undefined && messagingType !== 'MESSAGE_TAG') return badParameter('tag needs messaging_type MESSAGE_TAG');
  switch (messagingType) {
    case 'RESPONSE':
    case 'UPDATE':
      return age <= STANDARD_MS ? null : outsideWindow;
    case 'UTILITY':
      return null;
    case 'MESSAGE_TAG':
      return checkTag(tag, question.templateType, age);
    default:
      return badParameter('messaging_type');
  }
}

function checkTag(tag: unknown, templateType: string | null, age: number): GraphRefusal | null {
  if (typeof tag === 'string' && DEAD_TAGS.includes(tag)) return badParameter(`tag ${tag} is no longer supported`);
  if (tag === 'CUSTOMER_FEEDBACK' && templateType !== 'customer_feedback')
    return badParameter('tag CUSTOMER_FEEDBACK is for the customer feedback template');
  if (tag !== 'HUMAN_AGENT' && tag !== 'CUSTOMER_FEEDBACK') return badParameter('tag');
  return age <= TAGGED_MS ? null : outsideWindow;
}
