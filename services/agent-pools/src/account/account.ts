// A platform account of a shop, and who speaks through it when: an agent of ours, a bot, the shop's own staff. A later mapping replaces the
// part of earlier ones that it overlaps. What no mapping covers is unmapped, and an unmapped agent account counts as ours. Source: BR-212.
import { accept, type Decider, type EpochMs, refuse } from '@deskfleet/event-store';
import { AccountMapped, AccountParty } from '@deskfleet/protocol/agents';

/** Half-open. `toAt` is Infinity while open. */
export interface Span {
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
  readonly party: AccountParty;
  readonly agentId: string;
}

/** In order, without overlap; neighbours that say the same are one. */
export type Account = readonly Span[];

export interface MapCommand {
  readonly kind: 'map';
  readonly shopId: string;
  readonly account: string;
  readonly party: AccountParty;
  readonly agentId: string;
  readonly fromAt: EpochMs;
  /** 0 = open. */
  readonly toAt: EpochMs;
}

export type MapRefusal = 'mapping-without-party' | 'mapping-without-agent' | 'mapping-with-agent' | 'mapping-span-empty';

export const account: Decider<MapCommand, AccountMapped, Account, MapRefusal> = {
  initial: [],

  evolve: (spans, event) => replacePart(spans, spanOf(event)),

  decide(spans, { kind: _, ...mapping }) {
    const { party, agentId, fromAt } = mapping;
    if (party !== AccountParty.ACCOUNT_PARTY_AGENT && party !== AccountParty.ACCOUNT_PARTY_BOT && party !== AccountParty.ACCOUNT_PARTY_SHOP_STAFF) {
      return refuse('mapping-without-party', { field: 'party', found: party, expected: 'agent | bot | shop-staff' });
    }
    if (party === AccountParty.ACCOUNT_PARTY_AGENT && agentId === '') {
      return refuse('mapping-without-agent', { field: 'agentId', found: 'nothing', expected: 'the agent who speaks through the account' });
    }
    if (party !== AccountParty.ACCOUNT_PARTY_AGENT && agentId !== '') {
      return refuse('mapping-with-agent', { field: 'agentId', found: agentId, expected: 'nothing: a bot or the shop speaks' });
    }
    const span = spanOf(mapping);
    if (fromAt < 0 || span.fromAt >= span.toAt) {
      return refuse('mapping-span-empty', { field: 'toAt', found: `${mapping.fromAt} to ${mapping.toAt}`, expected: 'an end after its begin' });
    }
    return sameSpans(spans, replacePart(spans, span)) ? accept() : accept(AccountMapped.create(mapping));
  },
};

function spanOf({ fromAt, toAt, party, agentId }: Pick<AccountMapped, 'fromAt' | 'toAt' | 'party' | 'agentId'>): Span {
  return { fromAt, toAt: toAt === 0 ? Number.POSITIVE_INFINITY : toAt, party, agentId };
}

/** The spans with this one laid over them. */
export function replacePart(spans: Account, laid: Span): Account {
  const kept = spans.flatMap((span) =>
    [
      { ...span, toAt: Math.min(span.toAt, laid.fromAt) },
      { ...span, fromAt: Math.max(span.fromAt, laid.toAt) },
    ].filter(({ fromAt, toAt }) => fromAt < toAt),
  );
  const ordered = [...kept, laid].sort((a, b) => a.fromAt - b.fromAt);
  const joined: Span[] = [];
  for (const span of ordered) {
    const last = joined.at(-1);
    if (last !== undefined && last.toAt === span.fromAt && last.party === span.party && last.agentId === span.agentId) {
      joined[joined.length - 1] = { ...last, toAt: span.toAt };
    } else joined.push(span);
  }
  return joined;
}

function sameSpans(a: Account, b: Account): boolean {
  return (
    a.length === b.length &&
    a.every((span, index) => {
      const other = b[index];
      return span.fromAt === other?.fromAt && span.toAt === other.toAt && span.party === other.party && span.agentId === other.agentId;
    })
  );
}
