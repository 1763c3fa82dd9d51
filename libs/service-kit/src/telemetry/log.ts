// JSON lines on standard output. Ids, codes and counts only: never a name, a phone, an address or a message's text.
import { type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';

/** Field names that would carry personal data or a secret are cut out wherever they stand at the first two levels. */
const NEVER = ['text', 'name', 'phone', 'address', 'token', 'authorization', 'password', 'secret', 'email'];

export function createLog(config: Pick<Config, 'service' | 'logLevel'>): Logger {
  return pino({
    level: config.logLevel,
    base: { service: config.service },
    redact: { paths: NEVER.flatMap((field) => [field, `*.${field}`]), remove: true },
  });
}
