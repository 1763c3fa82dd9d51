// What an operator had tried again of each contract, and why: one row a refusal. What is retried is set aside no more.
import { SetAsideRetried } from '@deskfleet/protocol/billing';
import type { RowProjection } from '@deskfleet/read-model';

export interface SetAsideRetryRow {
  readonly contract_id: string;
  readonly refusals: number;
  readonly code: string;
  readonly reason: string;
  readonly user_id: string;
  /** Epoch ms. */
  readonly retried_at: number;
}

export const setAsideRetries: RowProjection<SetAsideRetried, SetAsideRetryRow> = {
  name: 'set_aside_retries',
  version: 1,
  types: [SetAsideRetried],
  columns: `
    contract_id text collate "C" not null,
    refusals int not null,
    code text not null,
    reason text not null,
    user_id text not null,
    retried_at bigint not null`,
  keyColumns: ['contract_id', 'refusals'],
  keys: ({ event: { contractId, refusals } }) => [{ contract_id: contractId, refusals }],
  apply: (_, { event: { contractId, refusals, code, reason }, meta, occurredAt }) => ({
    ...{ contract_id: contractId, refusals, code, reason, user_id: meta.actor?.id ?? '', retried_at: occurredAt },
  }),
};
