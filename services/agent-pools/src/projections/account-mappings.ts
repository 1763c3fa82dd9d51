// One row a mapped account: who speaks through it when.
import { AccountMapped, type AccountParty } from '@deskfleet/protocol/agents';
import type { RowProjection } from '@deskfleet/read-model';
import { account } from '../account/account.ts';

/** As stored: `toAt` is null while open, JSON knows no infinity. */
export interface StoredSpan {
  readonly fromAt: number;
  readonly toAt: number | null;
  readonly party: AccountParty;
  readonly agentId: string;
}

export interface AccountMappingRow {
  of_shop: string;
  account: string;
  spans: readonly StoredSpan[];
}

export const accountMappings: RowProjection<AccountMapped, AccountMappingRow> = {
  name: 'account_mappings',
  version: 1,
  types: [AccountMapped],
  columns: `
    of_shop text collate "C" not null,
    account text collate "C" not null,
    spans jsonb not null`,
  keyColumns: ['of_shop', 'account'],
  keys: ({ event }) => [{ of_shop: event.shopId, account: event.account }],
  apply(row, { event }) {
    const before = (row?.spans ?? []).map((span) => ({ ...span, toAt: span.toAt ?? Number.POSITIVE_INFINITY }));
    const spans = account.evolve(before, event).map((span) => ({ ...span, toAt: Number.isFinite(span.toAt) ? span.toAt : null }));
    return { of_shop: event.shopId, account: event.account, spans };
  },
};
