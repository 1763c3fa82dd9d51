// What a launch goes by: the contract as it stands in its own stream, and what its terms ask for where they leave it to the usual.
import { ContractDrafted, ContractDraftRevised, ContractImported, ContractSigned } from '@deskfleet/protocol/onboarding';
import { type BatchTerm, ContractTerms } from '@deskfleet/protocol/terms';
import { dateOf, dayBounds } from '@deskfleet/service-hours';

export interface Agreement {
  readonly contractId: string;
  readonly number: string;
  readonly clientId: string;
  readonly shopIds: readonly string[];
  readonly terms: ContractTerms;
  /**
   * Only what is `signed` is launched. `in-service`: signed, and served from its first day on, as a renewal is, or what was signed on paper without a trial
   * or batches; `taken-over`: it was live before it came here.
   */
  readonly status: 'draft' | 'signed' | 'in-service' | 'taken-over';
}

export type AgreementEvent = ContractSigned | ContractImported | ContractDrafted | ContractDraftRevised;

/** The contract after its stream's events; undefined when there is none. Events that do not change whose it is or what it says are passed over. */
export function agreementOf(events: Iterable<AgreementEvent>): Agreement | undefined {
  let found: Agreement | undefined;
  for (const event of events) found = agreementAfter(found, event);
  return found;
}

/** The contract after one more event of its stream. */
export function agreementAfter(before: Agreement | undefined, event: AgreementEvent): Agreement | undefined {
  switch (event.$type) {
    case ContractSigned.$type:
      return stated(event, event.awaitsGoLive ? 'signed' : 'in-service');
    case ContractImported.$type:
      return stated(event, 'taken-over');
    case ContractDrafted.$type:
      return stated(event, 'draft');
    case ContractDraftRevised.$type:
      return before && { ...before, shopIds: event.shopIds, terms: event.terms ?? before.terms };
    default:
      return before;
  }
}

function stated(event: ContractSigned | ContractImported | ContractDrafted, status: Agreement['status']): Agreement {
  const { contractId, number, clientId, shopIds, terms } = event;
  return { contractId, number, clientId, shopIds, terms: terms ?? ContractTerms.create(), status };
}

/** A part of the work that goes live together. */
export interface PlannedBatch {
  readonly key: string;
  /** 1, 2, ... in the order of handover. */
  readonly no: number;
  readonly name: string;
  readonly shopIds: readonly string[];
  /** How many products; 0 = not by products. */
  readonly products: number;
  /** Trained agents it needs (BR-210). */
  readonly agents: number;
}

/** The batches in their order. A contract that agreed none hands over all its shops at once. */
export function batchesOf({ terms, shopIds }: Pick<Agreement, 'terms' | 'shopIds'>): readonly PlannedBatch[] {
  const contracted = terms.staffing.reduce((sum, { count }) => sum + count, 0) || 1;
  if (terms.batches.length === 0) return [{ key: 'all', no: 1, name: '', shopIds, products: 0, agents: contracted }];
  return terms.batches.map((batch: BatchTerm, index) => ({
    key: batch.key,
    no: index + 1,
    name: batch.name,
    shopIds: batch.shopIds.length === 0 ? shopIds : batch.shopIds,
    products: batch.products,
    agents: batch.agents || contracted,
  }));
}

export type TrainingName = 'product' | 'shop' | 'rules';

const RULES = /规则|\brules?\b/i;

/** The trainings that every agent of a batch must have passed: product and shop (BR-013), and the platform's rules where the terms speak of such a training. */
export function trainingsNeeded({ trainingSupport }: Pick<ContractTerms, 'trainingSupport'>): readonly TrainingName[] {
  return trainingSupport.some((training) => RULES.test(training)) ? ['product', 'shop', 'rules'] : ['product', 'shop'];
}

/** Today where the contract's days are counted. */
export function todayOf({ terms }: Pick<Agreement, 'terms'>, now: number): string {
  return dateOf(now, terms.zone);
}

/** The instant at which a date is over where the contract's days are counted. */
export function endOf(date: string, { terms }: Pick<Agreement, 'terms'>): number {
  return dayBounds(date, terms.zone).to;
}

/** The date so many days later. */
export function daysAfter(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Days from one date to another; negative when it lies before. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}
