// The app's only way to the server: JSON there and back, checked by the server's own schemas; mistakes as one class.
import { z } from 'zod';
import { hearServerClock } from './server-clock.ts';

// The policy of the page forbids code made from text, and so does Zod then without trying.
z.config({ jitless: true });

const errorAnswer = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});

/** `status` 0 = the server could not be reached. `code` is stable, `details` belong to it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** The same key for the same wish: a repeat after a lost answer does nothing twice. */
  onceKey?: string;
  signal?: AbortSignal;
};

type Listener = () => void;
let onSignedOut: Listener = () => undefined;

/** Told whenever an answer says that the session has ended. */
export function whenSignedOut(listener: Listener): void {
  onSignedOut = listener;
}

/** Calls `/api/v1<path>`; throws ApiError for whatever is not a good answer. */
export async function callApi<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
  const response = await reach(call);
  const text = await response.text();
  if (!response.ok) throw mistakeOf(response.status, text);
  return schema.parse(text === '' ? null : JSON.parse(text));
}

/** For answers that nobody reads. */
export async function tell(call: Call): Promise<void> {
  await callApi(z.unknown(), { method: 'POST', ...call });
}

async function reach({ method = 'GET', path, body, onceKey, signal }: Call): Promise<Response> {
  try {
    const response = await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(onceKey === undefined ? {} : { 'idempotency-key': onceKey }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
      ...(signal ? { signal } : {}),
    });
    hearServerClock(response.headers.get('date'));
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached.');
  }
}

/** What a refusal says; an ended session is told to whoever listens. */
export function mistakeOf(status: number, text: string): ApiError {
  const parsed = errorAnswer.safeParse(readJson(text));
  const { code, message, details } = parsed.success
    ? parsed.data.error
    : { code: `http_${status}`, message: `The server answered ${status}.`, details: undefined };
  const isAboutSigningIn = ['wrong_credentials', 'code_needed', 'wrong_code'].includes(code);
  if (status === 401 && !isAboutSigningIn) onSignedOut();
  return new ApiError(status, code, message, details);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
