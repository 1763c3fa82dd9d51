// A service's keys of sealed data: its own key database, opened with the master key's file, for as long as the service runs.
import { ensureMasterKeyFile, Keyring, openKeyDatabase, readMasterKey } from '@deskfleet/event-store/sealing';
import type { Kit, Listener } from './service.ts';

/** Connections to the key database: a request needs one at a time. */
const KEY_CONNECTIONS = 2;

/**
 * Opens the service's key database. The master key's file is made at a first start; a lost key is not replaced by it: every vendor's keys name the
 * master key they need. Throws when no file is configured. The listener belongs to the service's parts, so that the connections end with it.
 */
export async function openKeyring({ keys, now }: Pick<Kit, 'keys' | 'now'>): Promise<{ readonly keyring: Keyring; readonly listener: Listener }> {
  if (keys.masterKeyFile === undefined) throw new Error('DESKFLEET_MASTER_KEY: missing, expected the path of the file that holds the master key');
  ensureMasterKeyFile(keys.masterKeyFile);
  const pool = await openKeyDatabase(keys.databaseUrl, { maxConnections: KEY_CONNECTIONS });
  return {
    keyring: new Keyring(pool, readMasterKey(keys.masterKeyFile), now, keys.cacheMs),
    listener: { name: 'key database', start: async () => undefined, close: () => pool.end() },
  };
}
