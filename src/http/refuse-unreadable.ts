// What never became a request: bytes that are not HTTP, headers too long or too late. Answered in the same shape as any
// other mistake, then hung up on, for nobody knows where a next request would begin.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorAnswer } from './error-answer.ts';

const refusals: Readonly<Record<string, { status: number; code: string; message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'too_slow',
    message: 'The request did not arrive in time; send it again.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    message: 'The headers and the address are longer than 16 KiB together; send less of them.',
  },
};
const NOT_HTTP = { status: 400, code: 'bad_request', message: 'This is not a request of HTTP/1.1.' };

/** For Fastify's `clientErrorHandler`. `error.code` is Node's or its HTTP parser's. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, code, message } = refusals[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify({ error: { code, message } } satisfies ErrorAnswer);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy(error);
}
