// Whose a thing is: what is told of a lead, contract, invoice, question, client or shop may be seen by those who may see its shops.
import type { RecordedEvent, Tx } from '@deskfleet/event-store';
import type { MessageType } from '@deskfleet/protocol';
import { DepositRequested, InvoiceIssued } from '@deskfleet/protocol/billing';
import {
  ClarificationAsked,
  ContractDrafted,
  ContractDraftRevised,
  ContractImported,
  ContractSigned,
  LeadOpened,
  ShopProfileRecorded,
} from '@deskfleet/protocol/onboarding';
import { sql } from 'kysely';

export const SUBJECT_TYPES = [
  LeadOpened,
  ShopProfileRecorded,
  ContractDrafted,
  ContractDraftRevised,
  ContractSigned,
  ContractImported,
  ClarificationAsked,
  DepositRequested,
  InvoiceIssued,
] as const;

/** A thing, by its id, and whose it is. Shops: none = those of the client; client: empty = that of the contract. */
export interface Subject {
  readonly id: string;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly contractId: string;
  /** The shops come to those that are known. */
  readonly adds?: boolean;
}

type EventOf<Type> = Type extends MessageType<infer Event> ? Event : never;
export type SubjectEvent = EventOf<(typeof SUBJECT_TYPES)[number]>;

/** What an event says of whose a thing is. */
export function subjectIn(event: SubjectEvent): Subject {
  switch (event.$type) {
    case 'deskfleet.onboarding.v1.LeadOpened':
      return { id: event.leadId, clientId: event.clientId, shopIds: [], contractId: '' };
    case 'deskfleet.onboarding.v1.ShopProfileRecorded':
      return { id: event.leadId, clientId: '', shopIds: [event.profile?.shopId ?? ''], contractId: '', adds: true };
    case 'deskfleet.onboarding.v1.ContractDrafted':
    case 'deskfleet.onboarding.v1.ContractSigned':
    case 'deskfleet.onboarding.v1.ContractImported':
    case 'deskfleet.billing.v1.DepositRequested':
      return { id: event.contractId, clientId: event.clientId, shopIds: event.shopIds, contractId: event.contractId };
    case 'deskfleet.onboarding.v1.ContractDraftRevised':
      return { id: event.contractId, clientId: '', shopIds: event.shopIds, contractId: event.contractId };
    case 'deskfleet.onboarding.v1.ClarificationAsked':
      return { id: event.questionId, clientId: '', shopIds: [event.shopId], contractId: event.contractId };
    case 'deskfleet.billing.v1.InvoiceIssued':
      return { id: event.invoiceId, clientId: '', shopIds: event.shopIds, contractId: event.contractId };
  }
}

const SUBJECTS: ReadonlySet<string> = new Set(SUBJECT_TYPES.map(({ $type }) => $type));

function isSubjectEvent(recorded: RecordedEvent): recorded is RecordedEvent<SubjectEvent> {
  return SUBJECTS.has(recorded.event.$type);
}

export const subjectKey = (vendorId: string, id: string): string => `subject:${vendorId}:${id}`;

/** Of these keys, those whose subject is known. */
export async function knownSubjects(keys: readonly string[], tx: Tx): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ key: string }>`
    select k.key from unnest(${[...keys]}::text[]) as k(key)
      join notice_subjects s on s.vendor_id = split_part(k.key, ':', 2) and s.subject_id = split_part(k.key, ':', 3)`.execute(tx);
  return new Set(rows.map(({ key }) => key));
}

export interface Owner {
  readonly clientId: string;
  readonly shopIds: readonly string[];
}

/** Remembers whose things are, then answers for the ids asked: by `vendor id`. A client's id answers with all of the client's shops, a shop's with its client. */
export async function ownersOf(
  events: readonly RecordedEvent[],
  asked: readonly { readonly vendorId: string; readonly id: string }[],
  tx: Tx,
): Promise<ReadonlyMap<string, Owner>> {
  // By id, so that two slices never lock crosswise; what is told of one thing stays in its order.
  const told = events
    .filter(isSubjectEvent)
    .map(({ event, meta }) => ({ vendorId: meta.vendorId, ...subjectIn(event) }))
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  // One statement a subject and slice: a subject that is told of twice keeps the later shops and the client it had.
  for (const subject of told) {
    await sql`
      insert into notice_subjects (vendor_id, subject_id, client_id, contract_id, shop_ids)
      values (${subject.vendorId}, ${subject.id},
              coalesce(nullif(${subject.clientId}, ''), (select c.client_id from notice_subjects c where c.vendor_id = ${subject.vendorId} and c.subject_id = ${subject.contractId}), ''),
              ${subject.contractId}, ${[...subject.shopIds]}::text[])
      on conflict (vendor_id, subject_id) do update set shop_ids =
        case when ${subject.adds === true} then array(select distinct unnest(notice_subjects.shop_ids || excluded.shop_ids) order by 1) else excluded.shop_ids end`.execute(
      tx,
    );
  }
  const { rows } = await sql<{ vendor_id: string; id: string; client_id: string | null; shop_ids: string[] | null }>`
    select k.vendor_id, k.id,
           coalesce(nullif(s.client_id, ''), by_contract.client_id, of_shop.client_id, k.id) as client_id,
           case when cardinality(s.shop_ids) > 0 then s.shop_ids
                when of_shop.shop_id is not null then array[of_shop.shop_id]
                else (select array_agg(c.shop_id) from client_shops c where c.vendor_id = k.vendor_id and c.client_id = coalesce(nullif(s.client_id, ''), k.id)) end as shop_ids
      from unnest(${asked.map(({ vendorId }) => vendorId)}::text[], ${asked.map(({ id }) => id)}::text[]) as k(vendor_id, id)
      left join notice_subjects s on s.vendor_id = k.vendor_id and s.subject_id = k.id
      left join notice_subjects by_contract on by_contract.vendor_id = k.vendor_id and by_contract.subject_id = s.contract_id
      left join client_shops of_shop on of_shop.vendor_id = k.vendor_id and of_shop.shop_id = k.id`.execute(tx);
  return new Map(rows.map((row) => [`${row.vendor_id} ${row.id}`, { clientId: row.client_id ?? '', shopIds: row.shop_ids ?? [] }]));
}
