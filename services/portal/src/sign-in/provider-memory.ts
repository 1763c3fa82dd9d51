// Where the embedded provider keeps sign-ins under way: memory, bounded. A restart ends them; sessions of the portal live on in its database.
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** For what the provider gives no end. */
const LONGEST_S = 3_600;

/** Sign-ins under way, their codes and grants; the oldest go first. */
const LIMIT = 2_000;

interface Entry {
  readonly payload: AdapterPayload;
  readonly until: number;
}

/** One store for all kinds of things the provider keeps. */
export function providerMemory(now: () => number): (kind: string) => Adapter {
  const entries = new Map<string, Entry>();

  function live(key: string): AdapterPayload | undefined {
    const entry = entries.get(key);
    return entry !== undefined && entry.until > now() ? entry.payload : undefined;
  }

  return (kind) => {
    const keyOf = (id: string): string => `${kind}:${id}`;
    const search = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const key of entries.keys()) {
        const payload = key.startsWith(`${kind}:`) ? live(key) : undefined;
        if (payload !== undefined && matches(payload)) return payload;
      }
      return undefined;
    };
    return {
      async upsert(id, payload, expiresInS = LONGEST_S) {
        entries.delete(keyOf(id));
        entries.set(keyOf(id), { payload, until: now() + expiresInS * 1_000 });
        for (const oldest of entries.keys()) {
          if (entries.size <= LIMIT) break;
          entries.delete(oldest);
        }
      },
      async find(id) {
        return live(keyOf(id));
      },
      async findByUid(uid) {
        return search((payload) => payload.uid === uid);
      },
      async findByUserCode(userCode) {
        return search((payload) => payload.userCode === userCode);
      },
      async consume(id) {
        const payload = live(keyOf(id));
        if (payload !== undefined) payload.consumed = Math.floor(now() / 1_000);
      },
      async destroy(id) {
        entries.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
      },
    };
  };
}
