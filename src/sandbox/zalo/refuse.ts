// Zalo's way of answering: HTTP 200 with error 0, or a negative code. Codes: contract sheet, section 6.
import type { Answer } from '../answer-call.ts';

const texts: Record<number, string> = {
  [-32]: 'Your application reached limit call api',
  [-100]: 'attachment_id was expired',
  [-108]: 'Phone number is invalid',
  [-109]: 'Template id is invalid',
  [-118]: 'Zalo account not existed',
  [-124]: 'Access token is invalid',
  [-131]: 'Template is not approved',
  [-132]: 'Parameter is invalid',
  [-140]: 'User is not eligible to receive this type of message',
  [-141]: 'User refuses to receive this type of message from your OA',
  [-144]: 'Daily quota is exceeded',
  [-201]: 'Params is invalid!',
  [-210]: 'Parameter exceeds allowable limit',
  [-211]: 'Out of quota',
  [-213]: 'User has not followed OA',
  [-216]: 'Access token is invalid',
  [-220]: 'access_token is expired or removed',
  [-230]: 'User has not interacted with the OA in the past 7 days',
  [-232]: 'User has not interacted with the OA, or the last interaction has expired',
  [-233]: 'Message type is invalid or not support',
  [-240]: 'This API has been shut down, please use API V3',
  [-242]: 'Invalid appsecret_proof provided in the API argument',
  [-244]: 'User has restricted this message type from your OA',
  [-249]: 'Template does not support send via UID',
  [-121]: 'Body data empty',
  [-122]: 'Body format invalid',
  [-1241]: 'appsecret_proof is invalid',
};

/** An error as Zalo sends it; `message` replaces the usual text of the code. */
export function refuse(error: number, message: string = texts[error] ?? 'Unknown error'): Answer {
  return { status: 200, body: { error, message }, refusal: `${error} ${message}` };
}

export function accept(data: unknown): Answer {
  return { status: 200, body: { data, error: 0, message: 'Success' } };
}
