// Graph's way of answering: plain JSON, or an HTTP error with { error: { message, type, code, error_subcode, fbtrace_id } }.
import type { Answer } from '../answer-call.ts';
import { createTraceId, type RandomBytes } from '../create-ids.ts';

export type GraphRefusal = { code: number; subcode?: number; message: string; status?: number };

/** An error as Graph sends it; HTTP 400 unless told otherwise. */
export function refuseGraph(random: RandomBytes, refusal: GraphRefusal): Answer {
  const { code, subcode, message, status = 400 } = refusal;
  return {
    status,
    body: {
      error: {
        message: `(#${code}) ${message}`,
        type: 'OAuthException',
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        fbtrace_id: createTraceId(random),
      },
    },
    refusal: `${code}${subcode === undefined ? '' : `/${subcode}`} ${message}`,
  };
}

export const outsideWindow: GraphRefusal = {
  code: 10,
  subcode: 2018278,
  message:
    'This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview',
};
export const noMatchingUser: GraphRefusal = { code: 100, subcode: 2018001, message: 'No matching user found' };
export const notAvailable: GraphRefusal = {
  code: 551,
  subcode: 1545041,
  message: "This person isn't available right now.",
};
export const invalidToken: GraphRefusal = { code: 190, message: 'Invalid OAuth access token.' };
export const expiredToken: GraphRefusal = {
  code: 190,
  subcode: 463,
  message: 'Error validating access token: Session has expired.',
};
export const tooBig: GraphRefusal = {
  code: 100,
  subcode: 2018109,
  message: 'Attachment size exceeds allowable limit',
};
export const badParameter = (what: string): GraphRefusal => ({ code: 100, message: `Invalid parameter: ${what}` });
