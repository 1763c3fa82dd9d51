// Which installation a command acts on: DESKFLEET_URL with DESKFLEET_TOKEN, or the one of the data folder.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Installation {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string;
}

/** What stands in the way, in words; the command ends with them and exit code 2. */
export class Unable extends Error {}

export function findInstallation(dataDir: string, env: Readonly<Record<string, string | undefined>>): Installation {
  const url = env['DESKFLEET_URL'] ?? '';
  if (url !== '') {
    const token = env['DESKFLEET_TOKEN'] ?? '';
    if (token === '') throw new Unable('DESKFLEET_TOKEN is missing: DESKFLEET_URL needs a token of vendor-operations beside it.');
    return { url: url.replace(/\/+$/, ''), token };
  }
  const [state, tokenFile] = [join(dataDir, 'installation.json'), join(dataDir, 'operator-token')];
  if (!existsSync(state) || !existsSync(tokenFile)) {
    throw new Unable(
      `There is no installation in ${dataDir}. Start one with npm start, name its folder with --data-dir, or set DESKFLEET_URL and DESKFLEET_TOKEN.`,
    );
  }
  const found: unknown = JSON.parse(readFileSync(state, 'utf8'));
  if (typeof found !== 'object' || found === null || !('url' in found) || typeof found.url !== 'string')
    throw new Unable(`${state} does not say where the portal is.`);
  return { url: found.url, token: readFileSync(tokenFile, 'utf8').trim() };
}
