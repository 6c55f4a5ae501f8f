// A ticket that lets whoever sees the program's own console connect an account, for one hour.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { HOUR_MS } from '../clock.ts';

export function makeTicket(secretKey: Buffer, now: Date): string {
  const until = String(now.getTime() + HOUR_MS);
  return `${until}.${sign(secretKey, until)}`;
}

export function isTicketGood(secretKey: Buffer, now: Date, ticket: string): boolean {
  const [until = '', signature = ''] = ticket.split('.');
  const expected = Buffer.from(sign(secretKey, until));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(until) > now.getTime();
}

function sign(secretKey: Buffer, until: string): string {
  return createHmac('sha256', secretKey).update(`connect:${until}`).digest('base64url');
}
