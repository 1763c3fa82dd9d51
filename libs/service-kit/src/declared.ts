// What may follow from what in a service, as its parts declare it: told to whoever settles, and held to. What appends an event that was not declared
// fails, so a declaration cannot be wrong and settling cannot count too few rounds.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AnySubscription } from '@deskfleet/event-bus';
import type { AppendMember, EventStore } from '@deskfleet/event-store';
import type { MessageType } from '@deskfleet/protocol';
import { Declaration, Reaction } from '@deskfleet/protocol/feed';
import type { TimerPlan } from '@deskfleet/read-model';
import type { BackgroundWork, ServiceParts } from './service.ts';

/** Refused: an event that its service, or the part that appends it, has not declared. */
export class UndeclaredEvent extends Error {
  override readonly name = 'UndeclaredEvent';
}

interface Allowed {
  readonly by: string;
  readonly types: ReadonlySet<string>;
}

const reacting = new AsyncLocalStorage<Allowed>();

/** The store as the service's own code has it: it takes what was declared. */
export class DeclaredStore implements EventStore {
  readonly #store: EventStore;
  #own: Allowed = { by: 'nothing yet', types: new Set() };

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** The event types that the service's log holds. */
  declare(service: string, events: readonly MessageType[]): void {
    this.#own = allowed(service, events);
  }

  get source(): string {
    return this.#store.source;
  }

  async append(member: AppendMember) {
    this.#check([member]);
    return this.#store.append(member);
  }

  async appendWithin(...[tx, members]: Parameters<EventStore['appendWithin']>) {
    this.#check(members);
    return this.#store.appendWithin(tx, members);
  }

  load(...args: Parameters<EventStore['load']>) {
    return this.#store.load(...args);
  }

  answerOf(...args: Parameters<EventStore['answerOf']>) {
    return this.#store.answerOf(...args);
  }

  read(...args: Parameters<EventStore['read']>) {
    return this.#store.read(...args);
  }

  head() {
    return this.#store.head();
  }

  onAppend(listener: (lastPosition: number) => void) {
    return this.#store.onAppend(listener);
  }

  committed(...args: Parameters<EventStore['committed']>): void {
    this.#store.committed(...args);
  }

  #check(members: readonly AppendMember[]): void {
    hold(this.#own, members);
    const reaction = reacting.getStore();
    if (reaction !== undefined) hold(reaction, members);
  }
}

/** The parts, each held to what it declares to append. Throws when a declaration contradicts another. */
export function heldToDeclared(parts: ServiceParts): ServiceParts {
  const own = new Set(parts.events.map(({ $type }) => $type));
  const known = new Set([...own, ...parts.subscriptions.flatMap(({ types }) => namesOf(types))]);
  for (const { by, from, to } of reactionsOf(parts)) {
    const stranger = to.find((type) => !own.has(type)) ?? from.find((type) => !known.has(type));
    if (stranger !== undefined) throw new UndeclaredEvent(`${by} declares ${stranger}, which this service neither appends nor takes in`);
  }
  return {
    ...parts,
    subscriptions: parts.subscriptions.map(heldSubscription),
    timers: parts.timers?.map(heldTimer) ?? [],
    work: parts.work?.map(heldWork) ?? [],
  };
}

/** What the parts declare, as others are told it. */
export function declarationOf(parts: ServiceParts): Declaration {
  return Declaration.create({
    events: namesOf(parts.events),
    sources: [...new Set(parts.subscriptions.flatMap(({ sources }) => sources))],
    reactions: reactionsOf(parts),
  });
}

function reactionsOf({ subscriptions, timers = [], work = [] }: ServiceParts): Reaction[] {
  const reaction = (by: string, from: readonly MessageType[], to: readonly MessageType[], later: boolean): Reaction =>
    Reaction.create({ by, from: namesOf(from), to: namesOf(to), later });
  return [
    ...subscriptions.map(({ group, types, appends = [] }) => reaction(group, types, appends, false)),
    ...timers.map(({ kind, armedBy, appends }) => reaction(kind, armedBy, appends, true)),
    ...work.map(({ name, after, appends }) => reaction(name, after, appends, true)),
  ];
}

function heldSubscription(subscription: AnySubscription): AnySubscription {
  const allows = allowed(subscription.group, subscription.appends ?? []);
  return { ...subscription, handle: (events, tx) => reacting.run(allows, () => subscription.handle(events, tx)) };
}

function heldWork(work: BackgroundWork): BackgroundWork {
  const allows = allowed(work.name, work.appends);
  return { ...work, slice: () => reacting.run(allows, () => work.slice()) };
}

// biome-ignore lint/suspicious/noExplicitAny: a list of plans holds every event type
function heldTimer(plan: TimerPlan<any>): TimerPlan<any> {
  const allows = allowed(plan.kind, plan.appends);
  const arming = new Set(namesOf(plan.armedBy));
  return {
    ...plan,
    changes(recorded) {
      const changes = plan.changes(recorded);
      if (!arming.has(recorded.event.$type) && changes.some((change) => 'set' in change))
        throw new UndeclaredEvent(`${recorded.event.$type} arms ${plan.kind}, which has not declared it`);
      return changes;
    },
    async fire(timers, now) {
      const members = await plan.fire(timers, now);
      hold(allows, members);
      return members;
    },
  };
}

function hold({ by, types }: Allowed, members: readonly AppendMember[]): void {
  for (const { streams } of members) {
    for (const { events } of streams) {
      for (const { event } of events) if (!types.has(event.$type)) throw new UndeclaredEvent(`${by} appends ${event.$type}, which it has not declared`);
    }
  }
}

function allowed(by: string, types: readonly MessageType[]): Allowed {
  return { by, types: new Set(namesOf(types)) };
}

function namesOf(types: readonly MessageType[]): string[] {
  return types.map(({ $type }) => $type);
}
