// How long anybody may take to say something or to hear the answer. Whoever dawdles is cut off, so that a connection costs
// its holder more than us; files of staff may take their time.
import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';
import './api-access.ts';

export type ConnectionLimits = {
  /** From the connection, or the end of the request before, to the last header. */
  headersMs: number;
  /** For the body; files have `uploadMs`. */
  bodyMs: number;
  uploadMs: number;
  /** Without a byte in either direction, also of an answer that nobody reads. */
  silenceMs: number;
  /** Between two requests. */
  keepAliveMs: number;
  /** How often headers and uploads are looked at. */
  lookMs: number;
  /** What is still under way when we leave. */
  partingMs: number;
  /** Whoever comes beyond that is hung up on: files and the database need handles too. */
  connections: number;
};

export const connectionLimits: ConnectionLimits = {
  headersMs: 15_000,
  bodyMs: 30_000,
  // 200 MB, the most that IMPORT_MAX_MB is by itself, at 3 Mbit/s.
  uploadMs: 600_000,
  silenceMs: 60_000,
  keepAliveMs: 30_000,
  lookMs: 5_000,
  partingMs: 5_000,
  connections: 8_000,
};

/** What Fastify takes of them. */
export function serverLimits(limits: ConnectionLimits): {
  http: ServerOptions;
  requestTimeout: number;
  connectionTimeout: number;
  keepAliveTimeout: number;
} {
  const { headersMs, uploadMs, lookMs } = limits;
  return {
    http: { headersTimeout: headersMs, requestTimeout: uploadMs, connectionsCheckingInterval: lookMs },
    requestTimeout: uploadMs,
    connectionTimeout: limits.silenceMs,
    keepAliveTimeout: limits.keepAliveMs,
  };
}

/** Call before any route is registered. */
export function limitSlowClients(app: FastifyInstance, limits: ConnectionLimits): void {
  app.server.maxConnections = limits.connections;
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request) && request.routeOptions.config.takesFiles !== true) {
      const { raw } = request;
      const late = setTimeout(() => {
        if (raw.complete) return;
        // Answered already, and still talking.
        if (reply.sent) raw.destroy();
        else void reply.send(new HttpError(408, 'too_slow', 'The body did not arrive in time; send it again.'));
      }, limits.bodyMs);
      late.unref();
      raw.once('close', () => clearTimeout(late)).once('end', () => clearTimeout(late));
    }
    done();
  });
  app.addHook('onResponse', async ({ raw }, { statusCode }) => {
    if (statusCode === 413 && !raw.complete) hearOut(raw, limits.partingMs);
  });
  app.addHook('preClose', async () => letGo(app.server, limits.partingMs));
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

const MOST_HEARD_OUT = 8 * 1024 * 1024;

/** Who said too much may end the sentence, so that they come to read the answer; who goes on and on is hung up on. */
function hearOut(raw: IncomingMessage, withinMs: number): void {
  let heard = 0;
  const hangUp = setTimeout(() => raw.destroy(), withinMs);
  raw
    .on('data', (chunk: Buffer) => {
      heard += chunk.length;
      if (heard > MOST_HEARD_OUT) raw.destroy();
    })
    .once('close', () => clearTimeout(hangUp))
    .resume();
}

const SWEEP_MS = 50;

/**
 * Closing waits for every connection: those that fall idle only now are let go at once instead of being kept for a next
 * request, and whoever dawdles over one is cut off.
 */
function letGo(server: Server, partingMs: number): void {
  if (!server.listening) return;
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), partingMs);
  server.once('close', () => {
    clearInterval(sweep);
    clearTimeout(cut);
  });
}
