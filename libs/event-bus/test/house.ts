// Three services that hand events on: conversations say, a reactor answers each message with an event of its own (some at once, some by background
// work), and reporting writes down what the reactor said, once the shop it is about is known.
import type { AppendMember, Tx } from '@deskfleet/event-store';
import { ConversationImported, MessageReceived } from '@deskfleet/protocol/conversations';
import { Declaration, type EventFeedServiceClient, Reaction } from '@deskfleet/protocol/feed';
import { ShopAdded } from '@deskfleet/protocol/onboarding';
import { Actor } from '@deskfleet/protocol/platform';
import { CompiledQuery } from 'kysely';
import { type AnySubscription, createEventBus, type EventBus, type FeedClient, type Settled, type Subscription, settle } from '../src/index.ts';
import { append, busOptions, Exits, type Service, serveFeed, startService, VENDOR, writeEffects } from './ground.ts';

export type Name = 'conversations' | 'client-onboarding' | 'reactor' | 'reporting';
const NAMES: readonly Name[] = ['conversations', 'client-onboarding', 'reactor', 'reporting'];
const WORK_MS = 5;

const types = (...all: readonly { readonly $type: string }[]): string[] => all.map(({ $type }) => $type);

const DECLARES: Readonly<Record<Name, Declaration>> = {
  conversations: Declaration.create({ events: types(MessageReceived) }),
  'client-onboarding': Declaration.create({ events: types(ShopAdded) }),
  reactor: Declaration.create({
    events: types(ConversationImported),
    sources: ['conversations'],
    reactions: [
      Reaction.create({ by: 'reactor', from: types(MessageReceived), to: types(ConversationImported) }),
      Reaction.create({ by: 'later', from: types(MessageReceived), to: types(ConversationImported), later: true }),
    ],
  }),
  reporting: Declaration.create({
    sources: ['reactor', 'client-onboarding'],
    reactions: [Reaction.create({ by: 'reporting', from: types(ConversationImported, ShopAdded), to: [] })],
  }),
};

/** Messages are named `<shop>/<stream>/<number>[/later]`. */
export function messageName(shop: string, stream: string, number: number, later: boolean): string {
  return `${shop}/${stream}/${number}${later ? '/later' : ''}`;
}

interface Running {
  service: Service;
  exits: Exits;
  bus?: EventBus;
}

export class House {
  /** Messages that reporting cannot take. */
  readonly poison = new Set<string>();
  readonly #exits = new Exits();
  readonly #running = new Map<Name, Running>();
  readonly #feeds = new Map<Name, EventFeedServiceClient>();

  static async start(): Promise<House> {
    const house = new House();
    for (const name of NAMES) {
      const service = await startService(name, house.#exits);
      house.#running.set(name, { service, exits: new Exits() });
      await house.#join(name);
    }
    return house;
  }

  async stop(): Promise<void> {
    for (const { exits } of this.#running.values()) await exits.run();
    await this.#exits.run();
  }

  of(name: Name): Service {
    return this.#of(name).service;
  }

  say(message: string): Promise<number> {
    return append(this.of('conversations'), `conversation-${message.split('/')[1]}`, MessageReceived.create({ messageId: message }));
  }

  addShop(shop: string): Promise<number> {
    return append(this.of('client-onboarding'), `shop-${shop}`, ShopAdded.create({ shopId: shop }));
  }

  /** Ends the service's connections in the middle of whatever it does; nothing is told. */
  async crash(name: Name): Promise<void> {
    await this.of(name).pool.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  }

  /** Stops the service and starts it again on its database. */
  async restart(name: Name): Promise<void> {
    await this.#of(name).exits.run();
    await this.#join(name);
  }

  /** A backup of the service as it is now; answers how to restore it. */
  async backUp(name: Name): Promise<() => Promise<void>> {
    const copy = await this.of(name).restored();
    return async () => {
      const running = this.#of(name);
      await running.exits.run();
      running.service = copy;
      await this.#join(name);
    };
  }

  wake(name: Name): void {
    this.#of(name).bus?.wake();
  }

  settle(withinMs: number): Promise<Settled> {
    return settle({ clientOf: (name) => this.#feed(name as Name), services: NAMES, withinMs });
  }

  /** What reporting has written down, by message. */
  async reported(): Promise<Set<string>> {
    const { rows } = await this.of('reporting').pool.query<{ key: string }>("select key from keys where consumer_group = 'said'");
    return new Set(rows.map(({ key }) => key));
  }

  async #join(name: Name): Promise<void> {
    const { service, exits } = this.#of(name);
    const subscriptions = name === 'reactor' ? [this.#reacting()] : name === 'reporting' ? [this.#reporting()] : [];
    const bus = await createEventBus(
      { kind: 'feed' },
      busOptions(service, `${name}-${Math.random()}`, (other) => this.#feedOf(other as Name)),
    );
    this.#of(name).bus = bus;
    exits.add(() => bus.stop());
    if (name === 'reactor') exits.add(this.#workLater(service));
    const pendingWork = async (): Promise<Map<string, number>> => {
      const { rows } = await service.pool.query<{ n: number }>('select count(*)::int as n from todo');
      return new Map([['later', rows[0]?.n ?? 0]]);
    };
    this.#feeds.set(name, await serveFeed(service, exits, { subscriptions, bus, declares: DECLARES[name], pendingWork }));
    for (const subscription of subscriptions) await bus.subscribe(subscription);
  }

  #reacting(): AnySubscription {
    const subscription: Subscription<MessageReceived> = {
      group: 'reactor',
      sources: ['conversations'],
      types: [MessageReceived],
      sliceSize: 20,
      handle: async (events, tx) => {
        const [later, now] = [events.filter(isLater), events.filter((one) => !isLater(one))];
        const rows = [later.map(({ streamId }) => streamId), later.map(({ event }) => event.messageId)];
        await tx.executeQuery(CompiledQuery.raw('insert into todo select * from unnest($1::text[], $2::text[]) on conflict do nothing', rows));
        await this.of('reactor').store.appendWithin(
          tx,
          now.map(({ streamId, event }) => answer(streamId, event.messageId)),
        );
      },
    };
    return subscription;
  }

  #reporting(): AnySubscription {
    const subscription: Subscription<ConversationImported | ShopAdded> = {
      group: 'reporting',
      sources: ['reactor', 'client-onboarding'],
      types: [ConversationImported, ShopAdded] as Subscription<ConversationImported | ShopAdded>['types'],
      sliceSize: 20,
      requires: ({ event }) => (event.$type === ConversationImported.$type ? event.importId.split('/')[0] : undefined),
      present: async (keys, tx) => {
        const { rows } = await tx.executeQuery<{ key: string }>(
          CompiledQuery.raw("select key from keys where consumer_group = 'shops' and key = any ($1)", [keys]),
        );
        return new Set(rows.map(({ key }) => key));
      },
      provides: ({ event }) => (event.$type === ShopAdded.$type ? [event.shopId] : []),
      handle: async (events, tx) => {
        const said = events.flatMap(({ event }) => (event.$type === ConversationImported.$type ? [event.importId] : []));
        const poisoned = said.find((message) => this.poison.has(message));
        if (poisoned !== undefined) throw new Error(`cannot take ${poisoned}`);
        const shops = events.flatMap(({ event }) => (event.$type === ShopAdded.$type ? [event.shopId] : []));
        await addKeys(tx, 'said', said);
        await addKeys(tx, 'shops', shops);
        await writeEffects('reporting', events, tx);
      },
    };
    return subscription;
  }

  /** Answers what was put off, one at a time, until told to stop. */
  #workLater(service: Service): () => Promise<void> {
    let stopped = false;
    const working = (async () => {
      while (!stopped) {
        await new Promise((resolve) => setTimeout(resolve, WORK_MS));
        await service.db
          .transaction()
          .execute(async (tx) => {
            const { rows } = await tx.executeQuery<{ stream_id: string; message_id: string }>(
              CompiledQuery.raw('delete from todo where message_id = (select message_id from todo order by random() limit 1) returning *', []),
            );
            const row = rows[0];
            if (row !== undefined) await service.store.appendWithin(tx, [answer(row.stream_id, row.message_id)]);
          })
          .catch(() => {}); // a connection that was cut: the row is there again
        service.log.look();
      }
    })();
    return async () => {
      stopped = true;
      await working;
    };
  }

  #of(name: Name): Running {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`no ${name}`);
    return running;
  }

  #feed(name: Name): EventFeedServiceClient {
    const feed = this.#feeds.get(name);
    if (feed === undefined) throw new Error(`no feed of ${name}`);
    return feed;
  }

  /** The feed as it is at each call: a service that was started again serves at another address. */
  #feedOf(name: Name): FeedClient {
    return { head: (request, options) => this.#feed(name).head(request, options), read: (request, options) => this.#feed(name).read(request, options) };
  }
}

function isLater({ event }: { readonly event: MessageReceived }): boolean {
  return event.messageId.endsWith('/later');
}

function answer(streamId: string, messageId: string): AppendMember {
  return {
    cause: { vendorId: VENDOR, actor: Actor.create({}), correlationId: '', causationId: messageId, commandId: '' },
    streams: [{ streamId, expected: 'any', events: [{ event: ConversationImported.create({ importId: messageId }), occurredAt: 1, shopId: '' }] }],
  };
}

async function addKeys(tx: Tx, group: string, keys: readonly string[]): Promise<void> {
  await tx.executeQuery(CompiledQuery.raw('insert into keys select $1, unnest($2::text[]) on conflict do nothing', [group, keys]));
}
