// The few errors the program throws on purpose. Expected outcomes are values; anything else is a bug.

/** The program cannot start: what is wrong, and how to mend it. Printed without a stack. */
export class StartError extends Error {
  readonly cure: string;
  constructor(message: string, cure: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
    this.cure = cure;
  }
}

/** Somebody's mistake over HTTP: a stable code, a sentence, the status to answer with. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** The database cannot be reached or cannot commit now; the caller may try again. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    super('The database cannot commit now.', { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/** A script leads to another that is not there (its file is broken or gone), or round in a circle without end. */
export class LeapError extends Error {
  readonly from: string;
  /** null = without end. */
  readonly to: string | null;
  constructor(from: string, to: string | null) {
    super(to === null ? `Flow ${from} leaps without end.` : `Flow ${from} goes to ${to}, which is not published.`);
    this.name = 'LeapError';
    this.from = from;
    this.to = to;
  }
}
