// The log: for eyes on a terminal, as JSON lines elsewhere. Secrets and people's words never reach it.
import { type DestinationStream, type Logger, pino } from 'pino';

const redact = {
  paths: [
    'headers.authorization',
    'headers.access_token',
    'headers.secret_key',
    'headers.cookie',
    '*.headers.authorization',
    '*.headers.access_token',
    '*.headers.secret_key',
    'err.config',
    'err.request',
    'err.response',
    '*.accessToken',
    '*.refreshToken',
    '*.pageAccessToken',
    '*.phone',
    '*.text',
  ],
  censor: '[redacted]',
};

/** `destination` instead of the standard output, for whoever wants to read what was written. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  if (destination) return pino({ level, redact }, destination);
  if (!process.stdout.isTTY) return pino({ level, redact });
  return pino({
    level,
    redact,
    transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  });
}
