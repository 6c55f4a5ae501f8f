// Who is writing: name and picture, where Meta shows them to us. Optional everywhere: many people have none.
import { z } from 'zod';
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { ChannelProfile } from '../channel.ts';
import type { GraphClient } from './api-client.ts';
import { MessengerCallError } from './errors.ts';
import { isRecord } from './read-json.ts';
import { readGraphError } from './read-send-answer.ts';

const text = z.string().trim().min(1).transform(cleanText).optional().catch(undefined);
const profileSchema = z.object({ first_name: text, last_name: text, profile_pic: text });

/** No profile (2018218: account by phone), no permission (2018247), no such person for us (33): there is none to give. */
const WITHOUT_PROFILE = new Set([33, 2018218, 2018247, 2018001]);

/** Longer is no name; it would also tear the welcome into two messages. */
const LONGEST_NAME = 40;

/** null when Meta has none for us; throws MessengerCallError when it could not be asked, or when aborted. */
export async function fetchProfile(
  client: GraphClient,
  peerId: string,
  signal: AbortSignal,
): Promise<ChannelProfile | null> {
  const answer = await client.call({
    method: 'GET',
    path: encodeURIComponent(peerId),
    query: { fields: 'first_name,last_name,profile_pic' },
    signal,
  });
  if (answer.kind !== 'answered') throw new MessengerCallError(answer.code);
  const error = readGraphError(answer.body);
  if (error) {
    if (error.subcode !== undefined && WITHOUT_PROFILE.has(error.subcode)) return null;
    throw new MessengerCallError(`${error.code}/${error.subcode ?? '-'}`);
  }
  if (answer.status !== 200 || !isRecord(answer.body)) throw new MessengerCallError(`http_${answer.status}`);
  const { first_name: givenName, last_name: familyName, profile_pic: avatarUrl } = profileSchema.parse(answer.body);
  // Vietnamese order: family name first; Facebook's first_name is what friends call.
  const displayName = [familyName, givenName].filter((name) => name !== undefined).join(' ');
  if (displayName === '' && avatarUrl === undefined) return null;
  return { displayName: displayName || null, givenName: nameOf(givenName), avatarUrl: avatarUrl ?? null };
}

/** As a greeting can hold it: one line, with letters. */
function nameOf(givenName = ''): string | null {
  const name = givenName.replace(/[\p{C}\s]+/gu, ' ').trim();
  return /\p{L}/u.test(name) && name.length <= LONGEST_NAME ? name : null;
}
