// The samples of test/payloads/zalo, as bytes and as something to change.
import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../payloads/zalo/', import.meta.url);

export function readPayload(file: string): Buffer {
  return readFileSync(new URL(file, FOLDER));
}

export const OA_ID = '388613280878808645';
export const USER_ID = '246845883529197922';
export const APP_ID = '360846524940903967';
export const RECEIVED_AT = new Date('2026-11-21T03:00:00.000Z');

/** A body as Zalo would send it, of an event between the customer and the OA. */
export function customerEvent(eventName: string, fields: Record<string, unknown> = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      app_id: APP_ID,
      sender: { id: USER_ID },
      recipient: { id: OA_ID },
      event_name: eventName,
      timestamp: '1795000000000',
      ...fields,
    }),
  );
}
