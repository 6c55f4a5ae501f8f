// Conversation routing: which app may speak in a thread moved between apps.
import type { InboundBody } from '../inbound-event-schema.ts';
import type { EventReader, EventSource } from './event-source.ts';
import { hashEvent } from './provider-id.ts';
import { threadControlSchema } from './webhook-schema.ts';

type ThreadControl = Extract<InboundBody, { kind: 'thread_control' }>;

/** pass_thread_control goes to the new owner, take_thread_control to the one who loses it. */
export const readPassControl: EventReader = (value, source) => readMove('pass_thread_control', value, source);
export const readTakeControl: EventReader = (value, source) => readMove('take_thread_control', value, source);

function readMove(providerEvent: string, value: unknown, source: EventSource) {
  const parsed = threadControlSchema.safeParse(value);
  if (!parsed.success) return null;
  const { new_owner_app_id: newOwner, previous_owner_app_id: previousOwner, metadata } = parsed.data;
  const isOurs = newOwner === source.ourAppId;
  const other = isOurs ? previousOwner : newOwner;
  return [finish(providerEvent, source, isOurs ? 'passed_to_us' : 'taken_from_us', other, metadata)];
}

export const readRequestControl: EventReader = (value, source) => {
  const parsed = threadControlSchema.safeParse(value);
  if (!parsed.success) return null;
  const { requested_owner_app_id: asker, metadata } = parsed.data;
  return [finish('request_thread_control', source, 'requested', asker, metadata)];
};

export const readAppRoles: EventReader = (_value, source) => [
  finish('app_roles', source, 'roles_changed', undefined, undefined),
];

function finish(
  providerEvent: string,
  { accountId, event }: EventSource,
  action: ThreadControl['action'],
  appId: string | undefined,
  metadata: string | undefined,
) {
  const body: ThreadControl = {
    kind: 'thread_control',
    action,
    ...(appId ? { appId } : {}),
    ...(metadata ? { metadata } : {}),
  };
  return { providerEvent, providerId: hashEvent(accountId, event), opensWindow: false, body };
}
