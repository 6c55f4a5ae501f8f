// The log: for eyes on a terminal, as JSON lines elsewhere. Secrets and people's words never reach it.
import { type Logger, pino } from 'pino';

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

export function createLog(level: string): Logger {
  if (!process.stdout.isTTY) return pino({ level, redact });
  return pino({
    level,
    redact,
    transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  });
}
