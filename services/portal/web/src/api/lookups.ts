// What ids are called, for as many as a page shows: asked by the ids that occur, a hundred at a time, never as the whole list.
import { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, ask } from './http.ts';
import type { Contract, Shop } from './types.ts';

const BATCH = 100;
/** After a question that failed the same ids are not asked for at once again. */
const AGAIN_MS = 5_000;

/** Things by id. `get` answers what is known and asks for the rest, once; a thing that is not there stays unknown. */
class Lookup<T> {
  readonly #fetch: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>;
  readonly #known = new Map<string, T | undefined>();
  readonly #wanted = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #asking = false;

  constructor(fetch: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
    this.#fetch = fetch;
  }

  get(id: string): T | undefined {
    if (id !== '' && !this.#known.has(id) && !this.#wanted.has(id)) {
      this.#wanted.add(id);
      if (!this.#asking) {
        this.#asking = true;
        setTimeout(() => void this.#ask());
      }
    }
    return this.#known.get(id);
  }

  /** Everything may have changed: what is shown is asked again, the old answers stand until the new ones are there. */
  refresh(): void {
    const ids = [...this.#known.keys()];
    if (ids.length === 0 || this.#asking) return;
    for (const id of ids) this.#wanted.add(id);
    this.#asking = true;
    setTimeout(() => void this.#ask());
  }

  async #ask(): Promise<void> {
    while (this.#wanted.size > 0) {
      const ids = [...this.#wanted].slice(0, BATCH);
      const found = await this.#fetch(ids).catch(() => undefined);
      for (const id of ids) {
        this.#wanted.delete(id);
        if (found !== undefined || !this.#known.has(id)) this.#known.set(id, found?.get(id));
      }
      if (found === undefined) setTimeout(() => this.#forgetUnknown(ids), AGAIN_MS);
      this.#changed();
    }
    this.#asking = false;
  }

  #forgetUnknown(ids: readonly string[]): void {
    for (const id of ids) if (this.#known.get(id) === undefined) this.#known.delete(id);
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly version = (): number => this.#version;
}

const shops = new Lookup<Shop>(async (ids) => {
  const answer = await ask(api.GET('/shops', { params: { query: { shopIds: [...ids] } } }));
  return new Map(answer.shops.map((shop) => [shop.shopId, shop]));
});

const contracts = new Lookup<Contract>(async (ids) => {
  const answer = await ask(api.GET('/contracts', { params: { query: { contractIds: [...ids] } } }));
  return new Map(answer.contracts.map((contract) => [contract.contractId, contract]));
});

const people = new Lookup<string>(async (ids) => {
  const answer = await ask(api.GET('/people', { params: { query: { userIds: [...ids] } } }));
  return new Map(answer.people.map(({ userId, name }) => [userId, name]));
});

function useLookup<T>(lookup: Lookup<T>): (id: string) => T | undefined {
  useSyncExternalStore(lookup.subscribe, lookup.version);
  return (id) => lookup.get(id);
}

/** A shop by id; undefined until it is there. */
export const useShop = (): ((shopId: string) => Shop | undefined) => useLookup(shops);

/** A contract with its terms by id; undefined until it is there. */
export const useContract = (): ((contractId: string) => Contract | undefined) => useLookup(contracts);

/** What people are called by their user id: the id itself until the name is there, or where there is none. */
export function usePeopleNames(): (userId: string) => string {
  const name = useLookup(people);
  return (userId) => name(userId) || userId;
}

/** Whenever the queries about shops are to be asked again, the names are too. */
export class FreshClient extends QueryClient {
  override invalidateQueries(...args: Parameters<QueryClient['invalidateQueries']>): Promise<void> {
    const topic = args[0]?.queryKey?.[0];
    if (topic === undefined || topic === 'shops') {
      shops.refresh();
      contracts.refresh();
    }
    return super.invalidateQueries(...args);
  }
}
