// Where a shop stands on its way from lead to live (上线看板), whose turn it is and for what: figured out from what its lead and contract have come to.
// A column is the first step that is not finished; handover lasts until the last of the shop's batches is accepted, and the trial, which runs beside the
// work, has no column. Source: domain.md P-02 to P-05, screens.md 3.2.
export const STEPS = ['lead', 'quote', 'contract', 'deposit', 'training', 'handover', 'live'] as const;
export type Step = (typeof STEPS)[number];
export type Turn = 'client' | 'vendor-operations' | 'finance';

/** What a shop's own card says. `ended`: it is on the board no more. */
export interface Standing {
  readonly step: Step | 'ended';
  /** Absent: nobody's; all is as it is to be. */
  readonly turn: Turn | undefined;
  /** Kebab-case, with the facts that explain it. */
  readonly what: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** A lead as the board remembers it. */
export interface LeadFacts {
  readonly kind: 'lead';
  readonly planned: boolean;
  readonly quote: { readonly status: 'none' | 'open' | 'accepted' | 'declined' | 'wanted' | 'expired'; readonly version: number; readonly validUntil: string };
  /** Won: its contract is signed. */
  readonly over: 'lost' | 'won' | undefined;
}

export interface BatchFacts {
  readonly key: string;
  readonly no: number;
  /** None: all of the contract's. */
  readonly shopIds: readonly string[];
  readonly products: number;
  readonly agents: number;
  readonly status: 'planned' | 'under-review' | 'rework' | 'accepted';
}

export interface TrainingFacts {
  readonly name: string;
  /** None: all of the contract's. */
  readonly shopIds: readonly string[];
  readonly status: 'scheduled' | 'pending' | 'completed';
  /** Whose turn it is while it is not completed. */
  readonly turn: Turn;
  readonly plannedOn: string;
  /** Agents who passed. */
  readonly passed: readonly string[];
}

/** A contract as the board remembers it. */
export interface ContractFacts {
  readonly kind: 'contract';
  /** `in-service`: signed, and served from its first day on without a go-live. */
  readonly status: 'draft' | 'offered' | 'signed' | 'in-service' | 'taken-over' | 'dropped' | 'ended';
  readonly clientSigned: boolean;
  readonly vendorSigned: boolean;
  readonly zone: string;
  readonly currency: string;
  readonly depositRequired: number;
  readonly depositReceived: number;
  readonly trainingsNeeded: readonly string[];
  readonly trainings: Readonly<Record<string, TrainingFacts>>;
  /** Items of the information list by key: whether one is still open. Items that are not required are not here. */
  readonly information: Readonly<Record<string, boolean>>;
  readonly batches: readonly BatchFacts[];
  readonly trial: {
    readonly status: 'none' | 'running' | 'passed';
    readonly startsOn: string;
    readonly endsOn: string;
    readonly verdictDue: boolean;
    /** Who must answer a proposed extension. */
    readonly extension: Turn | undefined;
  };
}

export type Facts = LeadFacts | ContractFacts;

const standing = (step: Standing['step'], turn: Turn | undefined, what: string, facts: Standing['facts'] = {}): Standing => ({ step, turn, what, facts });

/** Where this shop stands; a lead without any shop stands as one. */
export function standingOf(facts: Facts, shopId: string): Standing {
  return facts.kind === 'lead' ? leadStanding(facts, shopId) : contractStanding(facts, shopId);
}

function leadStanding({ planned, quote, over }: LeadFacts, shopId: string): Standing {
  if (over !== undefined) return standing('ended', undefined, over);
  const { version, validUntil } = quote;
  switch (quote.status) {
    case 'open':
      return standing('quote', 'client', 'quote-to-answer', { version, validUntil });
    case 'accepted':
      return standing('contract', 'vendor-operations', 'contract-to-draft');
    case 'declined':
      return standing('quote', 'vendor-operations', 'quote-declined', { version });
    case 'wanted':
      return standing('quote', 'vendor-operations', 'quote-wanted', { version });
    case 'expired':
      return standing('quote', 'vendor-operations', 'quote-expired', { version, validUntil });
    case 'none':
      if (shopId === '') return standing('lead', 'vendor-operations', 'profile-missing');
      return planned ? standing('quote', 'vendor-operations', 'quote-to-issue') : standing('lead', 'vendor-operations', 'plan-missing');
  }
}

function contractStanding(contract: ContractFacts, shopId: string): Standing {
  switch (contract.status) {
    case 'dropped':
    case 'ended':
      return standing('ended', undefined, contract.status);
    case 'in-service':
    case 'taken-over':
      return standing('live', undefined, 'live');
    case 'draft':
      return standing('contract', 'vendor-operations', 'contract-in-draft');
    case 'offered':
      if (!contract.clientSigned) return standing('contract', 'client', 'contract-to-sign', { vendorSigned: contract.vendorSigned ? 1 : 0 });
      return standing('contract', 'vendor-operations', 'contract-to-countersign');
    case 'signed':
      return deposit(contract) ?? training(contract, shopId) ?? information(contract) ?? handover(contract, shopId) ?? live(contract);
  }
}

function deposit({ depositRequired, depositReceived, currency }: ContractFacts): Standing | undefined {
  if (depositReceived >= depositRequired) return undefined;
  return standing('deposit', 'client', 'deposit-due', { short: depositRequired - depositReceived, required: depositRequired, currency });
}

const covers = (shopIds: readonly string[], shopId: string): boolean => shopIds.length === 0 || shopIds.includes(shopId);

function training({ trainingsNeeded, trainings }: ContractFacts, shopId: string): Standing | undefined {
  const all = Object.values(trainings).filter(({ shopIds }) => covers(shopIds, shopId));
  for (const name of trainingsNeeded) {
    const named = all.filter((one) => one.name === name);
    if (named.some(({ status, passed }) => status === 'completed' && passed.length > 0)) continue;
    const facts = { training: name, done: trainingsNeeded.indexOf(name), of: trainingsNeeded.length };
    const pending = named.find(({ status }) => status === 'pending') ?? named.find(({ status }) => status === 'scheduled');
    if (pending?.status === 'pending') return standing('training', pending.turn, 'training-unconfirmed', facts);
    if (pending !== undefined) return standing('training', pending.turn, 'training-not-held', { ...facts, plannedOn: pending.plannedOn });
    return standing('training', 'vendor-operations', named.length > 0 ? 'training-not-passed' : 'training-not-planned', facts);
  }
  return undefined;
}

function information({ information: items }: ContractFacts): Standing | undefined {
  const open = Object.values(items).filter((isOpen) => isOpen).length;
  return open === 0 ? undefined : standing('training', 'client', 'information-open', { open, of: Object.keys(items).length });
}

function handover(contract: ContractFacts, shopId: string): Standing | undefined {
  const batch = contract.batches.find(({ shopIds, status }) => covers(shopIds, shopId) && status !== 'accepted');
  if (batch === undefined) return undefined;
  const products = contract.batches.reduce((sum, one) => sum + one.products, 0);
  const accepted = contract.batches.reduce((sum, one) => sum + (one.status === 'accepted' ? one.products : 0), 0);
  const facts = { batch: batch.no, of: contract.batches.length, ...(products === 0 ? {} : { accepted, products }) };
  if (batch.status === 'under-review') return standing('handover', 'client', 'batch-under-review', facts);
  if (batch.status === 'rework') return standing('handover', 'vendor-operations', 'batch-in-rework', facts);
  const before = contract.batches.find(({ no, status }) => no < batch.no && status !== 'accepted');
  if (before !== undefined) {
    const turn = before.status === 'under-review' ? 'client' : 'vendor-operations';
    return standing('handover', turn, 'batch-before', { ...facts, before: before.no });
  }
  const trained = trainedAgents(contract, batch).length;
  if (trained < batch.agents) return standing('handover', 'vendor-operations', 'agents-missing', { ...facts, trained, needed: batch.agents });
  return standing('handover', 'vendor-operations', 'go-live-open', facts);
}

/** Who passed every training that is needed, for all of the batch's shops. */
function trainedAgents({ trainingsNeeded, trainings }: ContractFacts, { shopIds }: BatchFacts): readonly string[] {
  const passedAll = trainingsNeeded.map((name) => {
    const named = Object.values(trainings).filter((one) => one.name === name && one.status === 'completed');
    const perShop = (shopIds.length === 0 ? [''] : shopIds).map(
      (shopId) => new Set(named.filter((one) => shopId === '' || covers(one.shopIds, shopId)).flatMap(({ passed }) => passed)),
    );
    return perShop.reduce((some, next) => some.intersection(next));
  });
  return [...(passedAll.length === 0 ? new Set<string>() : passedAll.reduce((some, next) => some.intersection(next)))];
}

function live({ trial }: ContractFacts): Standing {
  if (trial.status !== 'running') return standing('live', undefined, 'live');
  if (trial.extension !== undefined) return standing('live', trial.extension, 'trial-extension-proposed', { endsOn: trial.endsOn });
  return standing('live', trial.verdictDue ? 'client' : undefined, trial.verdictDue ? 'trial-verdict-open' : 'on-trial', { endsOn: trial.endsOn });
}
