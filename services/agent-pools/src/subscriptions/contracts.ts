// What contracts promise for which shop, and from when to when: taken in from client-onboarding, where it belongs.
import type { Subscription } from '@deskfleet/event-bus';
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import { ContractImported, ContractSigned, ServiceEndSet, ShopWentLive } from '@deskfleet/protocol/onboarding';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { dayBounds } from '@deskfleet/service-hours';
import { sql } from 'kysely';
import { touchShops } from '../staffing/touched.ts';

const SLICE_EVENTS = 500;

type Contract = ContractSigned | ContractImported;
type Event = Contract | ServiceEndSet | ShopWentLive;

export const contracts: Subscription<Event> = {
  group: 'agent-pools-contracts-by-level', // takes in again what the group before it kept without levels
  sources: ['client-onboarding'],
  types: [ContractSigned, ContractImported, ServiceEndSet, ShopWentLive] as Subscription<Event>['types'],
  sliceSize: SLICE_EVENTS,
  async handle(events, tx) {
    for (const recorded of events) {
      const { event, meta } = recorded;
      switch (event.$type) {
        case ContractSigned.$type:
        case ContractImported.$type:
          await addServed({ ...recorded, event }, tx);
          break;
        case ShopWentLive.$type:
          await sql`
            insert into launched_shops (vendor_id, shop_id, contract_id, live_at) values (${meta.vendorId}, ${event.shopId}, ${event.contractId}, ${event.liveAt})
            on conflict (vendor_id, shop_id, contract_id) do update set live_at = excluded.live_at`.execute(tx);
          break;
        case ServiceEndSet.$type:
          await sql`
            insert into launched_shops (vendor_id, shop_id, contract_id, service_ends_at)
            select ${meta.vendorId}, s, ${event.contractId}, ${event.serviceEndsAt} from unnest(${event.shopIds}::text[]) as s
            on conflict (vendor_id, shop_id, contract_id) do update set service_ends_at = excluded.service_ends_at`.execute(tx);
          break;
      }
    }
    const touched = events.flatMap(({ event, meta }) => shopsOf(event).map((shopId) => ({ vendorId: meta.vendorId, shopId })));
    await touchShops(sql`
      select distinct v, s from unnest(${touched.map(({ vendorId }) => vendorId)}::text[], ${touched.map(({ shopId }) => shopId)}::text[]) as n (v, s)`).execute(
      tx,
    );
  },
};

async function addServed({ event, meta }: RecordedEvent<Contract>, tx: Tx): Promise<void> {
  const { zone, serviceWindows, holidayCalendar, staffing, effectiveOn, endsOn } = event.terms ?? ContractTerms.create();
  const contracted = staffing.reduce((sum, { count }) => sum + count, 0);
  const terms = Buffer.from(ContractTerms.encode(ContractTerms.create({ zone, serviceWindows, holidayCalendar, staffing })).finish());
  const awaitsLaunch = event.$type === ContractSigned.$type && event.awaitsGoLive;
  await sql`
    insert into served_shops (vendor_id, shop_id, contract_id, contracted, terms, effective_on, ends_on, awaits_launch)
    select ${meta.vendorId}, s, ${event.contractId}, ${contracted}, ${terms}::bytea, ${effectiveOn}, ${endsOn}, ${awaitsLaunch}
      from unnest(${event.shopIds}::text[]) as s
    on conflict (vendor_id, shop_id, contract_id) do update set terms = excluded.terms`.execute(tx);
  await sql`
    insert into counts_due (vendor_id, shop_id, due_at)
    select ${meta.vendorId}, s, ${dayBounds(effectiveOn, zone).from} from unnest(${event.shopIds}::text[]) as s
    on conflict do nothing`.execute(tx);
}

function shopsOf(event: Event): readonly string[] {
  return event.$type === ShopWentLive.$type ? [event.shopId] : event.shopIds;
}
