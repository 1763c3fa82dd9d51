// What billing acts on of each contract: deposit and client from its signing, the trial, its verdict, the end. Contract and launch are streams
// of their own, so that any of them may come first: each writes its own columns. What was refused before is tried again: there is news of it.
import type { Subscription } from '@deskfleet/event-bus';
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import { ContractImported, ContractSigned, ContractTerminated, TrialExtended, TrialFailed, TrialPassed, TrialStarted } from '@deskfleet/protocol/onboarding';
import { type RawBuilder, sql } from 'kysely';

type EngagementEvent = ContractSigned | ContractImported | TrialStarted | TrialExtended | TrialPassed | TrialFailed | ContractTerminated;

export const engagements: Subscription<EngagementEvent> = {
  group: 'billing-engagements',
  sources: ['client-onboarding'],
  types: [ContractSigned, ContractImported, TrialStarted, TrialExtended, TrialPassed, TrialFailed, ContractTerminated],
  sliceSize: 200,
  async handle(events, tx) {
    for (const recorded of events) await takeIn(recorded, tx);
  },
};

async function takeIn({ event, meta: { vendorId }, occurredAt }: RecordedEvent<EngagementEvent>, tx: Tx): Promise<void> {
  const set = (columns: RawBuilder<unknown>) =>
    sql`
    insert into engagements (vendor_id, contract_id) values (${vendorId}, ${event.contractId}) on conflict do nothing`
      .execute(tx)
      .then(() => sql`update engagements set ${columns}, refused = '' where vendor_id = ${vendorId} and contract_id = ${event.contractId}`.execute(tx));
  switch (event.$type) {
    case ContractSigned.$type:
    case ContractImported.$type: {
      const { terms, clientId, shopIds } = event;
      // A contract taken over began elsewhere: so did its deposit.
      const deposit = event.$type === ContractSigned.$type ? (terms?.deposit?.minor ?? 0) : 0;
      await set(
        sql`client_id = ${clientId}, shop_ids = ${shopIds}::text[], currency = ${terms?.currency ?? ''}, zone = ${terms?.zone ?? 'UTC'}, deposit_minor = ${deposit}`,
      );
      return;
    }
    case TrialStarted.$type:
      await set(sql`trial_starts_on = ${event.startsOn}, trial_ends_on = ${event.endsOn}`);
      return;
    case TrialExtended.$type:
      await set(sql`trial_ends_on = ${event.endsOn}`);
      return;
    case TrialPassed.$type:
      await set(sql`outcome = 'passed', decided_at = ${event.decidedAt}, month = ${event.month}, finally_settled = true`);
      return;
    case TrialFailed.$type:
      await set(sql`outcome = 'failed', decided_at = ${event.decidedAt}, service_ends_at = ${event.serviceEndsAt}`);
      return;
    case ContractTerminated.$type:
      // After a passed trial the deposit has its way already; its last month is closed at the end of service all the same.
      await set(sql`service_ends_at = ${event.serviceEndsAt}, before_go_live = ${event.beforeGoLive}, finally_settled = false,
        decided_at = case when outcome = '' then ${occurredAt} else decided_at end,
        outcome = case when outcome = '' then 'ended' else outcome end`);
      return;
  }
}
