// What is remembered of somebody who was erased: keyed hashes. Without SECRET_KEY they say nothing, and with it they
// only answer "was it this one?".
import { createHmac } from 'node:crypto';

export type IdentityKind = 'zalo' | 'messenger' | 'phone' | 'email' | 'external_id';
export type NamedPerson = { kind: IdentityKind; value: string };

/** 32 bytes; the same identity gives the same hash as long as SECRET_KEY stays the same. */
export function hashIdentity(secretKey: Buffer, { kind, value }: NamedPerson): Buffer {
  const plain = kind === 'email' ? value.trim().toLowerCase() : value;
  // Length before content, so that kind and value cannot be told apart in two ways.
  return createHmac('sha256', secretKey).update(`erased:${kind.length}:${kind}:${plain}`).digest();
}

/** Everything that names this person anywhere outside; a Zalo identity made for a phone number names the number. */
export function namesOf(person: {
  externalId: string | null;
  phone: string | null;
  email: string | null;
  identities: readonly { channel: string; peerId: string }[];
}): NamedPerson[] {
  const named: NamedPerson[] = [];
  if (person.externalId !== null) named.push({ kind: 'external_id', value: person.externalId });
  if (person.phone !== null) named.push({ kind: 'phone', value: person.phone });
  if (person.email !== null) named.push({ kind: 'email', value: person.email });
  for (const { channel, peerId } of person.identities) {
    if (peerId.startsWith('phone:')) named.push({ kind: 'phone', value: peerId.slice('phone:'.length) });
    else if (channel === 'zalo' || channel === 'messenger') named.push({ kind: channel, value: peerId });
  }
  return named;
}
