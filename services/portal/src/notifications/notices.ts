// What is told to whom when something happens: pure, event in, notices out. The client hears what waits newly for them, what became of their money and
// their trial, and everything that was done in their name; the vendor hears what the client did. Nobody is told of what they did themselves.
import { formatAmount, fromProto } from '@deskfleet/money';
import type { MessageType } from '@deskfleet/protocol';
import { StaffingShortfallBegan } from '@deskfleet/protocol/agents';
import {
  ClientCreditGranted,
  ClientCreditPaidOut,
  DepositApplied,
  DepositKept,
  DepositReceived,
  DepositRefunded,
  DepositRefundOwed,
  DepositRequested,
  InvoiceFellDue,
  InvoiceIssued,
  InvoiceSettled,
} from '@deskfleet/protocol/billing';
import { type Consent, Consent_DecidedBy, type Money, Party } from '@deskfleet/protocol/common';
import {
  BatchAccepted,
  BatchReworked,
  BatchReworkRequested,
  BatchWentLive,
  ClarificationAnswered,
  ClarificationAsked,
  ClientReminded,
  ContractExpiryReminded,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  ContractTerminated,
  HandbackListed,
  HandbackSigned,
  InformationHandedOver,
  InformationReopened,
  ManagementMeetingHeld,
  ManagementMeetingMissed,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  QuoteIssued,
  RemedyAgreed,
  RemedyDone,
  RemedyProposed,
  SuggestionMade,
  SuggestionReplied,
  SupervisionChecked,
  TrainingCompleted,
  TrainingConfirmed,
  TrainingRecorded,
  TrialExtended,
  TrialExtensionProposed,
  TrialFailed,
  TrialPassed,
  TrialStarted,
  TrialVerdictReminded,
} from '@deskfleet/protocol/onboarding';
import type { Role } from '@deskfleet/service-kit';

export type Fact = string | number | boolean | readonly string[];

export interface Notice {
  /** Kebab-case; the app has its words. */
  readonly kind: string;
  readonly to: readonly Role[];
  /** What it is about: a lead, contract, invoice, question, client or shop; who may see it follows from that. */
  readonly subject: string;
  readonly facts: Readonly<Record<string, Fact>>;
  /** The page where it is looked at or answered. */
  readonly path: string;
}

const OPERATIONS: readonly Role[] = ['vendor-operations'];
const MONEY: readonly Role[] = ['vendor-operations', 'finance'];
const CLIENT: readonly Role[] = ['client'];
const BOTH: readonly Role[] = [...OPERATIONS, ...CLIENT];
const ALL: readonly Role[] = [...MONEY, ...CLIENT];

const onBehalf = (consent: Consent | undefined): boolean => consent?.decidedBy === Consent_DecidedBy.DECIDED_BY_VENDOR_ON_BEHALF;
/** Whoever did not act. */
const otherThan = (by: Party): readonly Role[] => (by === Party.PARTY_CLIENT ? OPERATIONS : CLIENT);
const amount = (money: Money | undefined): Readonly<Record<string, Fact>> =>
  money === undefined ? {} : { amount: formatAmount(fromProto(money)), currency: money.currency };

const contract = (kind: string, to: readonly Role[], contractId: string, facts: Notice['facts'] = {}): Notice => ({
  kind,
  to,
  subject: contractId,
  facts,
  path: `/contracts/${contractId}`,
});
const lead = (kind: string, to: readonly Role[], leadId: string, facts: Notice['facts'] = {}): Notice => ({
  kind,
  to,
  subject: leadId,
  facts,
  path: `/leads/${leadId}`,
});
const deposit = (kind: string, to: readonly Role[], contractId: string, facts: Notice['facts'] = {}): Notice => ({
  ...contract(kind, to, contractId, facts),
  path: `/deposits/${contractId}`,
});
const question = (kind: string, to: readonly Role[], questionId: string): Notice => ({
  kind,
  to,
  subject: questionId,
  facts: {},
  path: `/questions/${questionId}`,
});
const invoice = (kind: string, to: readonly Role[], invoiceId: string, number: string, facts: Notice['facts']): Notice => ({
  kind,
  to,
  subject: invoiceId,
  facts,
  path: number === '' ? '/invoices' : `/invoices/${number}`,
});

/** What the client agreed to: the vendor hears it from the client; done on their behalf, the client hears it, with what shows it. */
function agreed(notice: Notice, consent: Consent | undefined): readonly Notice[] {
  if (!onBehalf(consent)) return [notice];
  const facts = {
    ...notice.facts,
    what: notice.kind,
    evidence: consent?.evidence ?? '',
    ...((consent?.fileIds.length ?? 0) > 0 ? { fileIds: consent?.fileIds ?? [] } : {}),
  };
  return [{ ...notice, kind: 'done-on-behalf', to: CLIENT, facts }];
}

const TYPES = [
  QuoteIssued,
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  ContractOffered,
  ContractOfferWithdrawn,
  ContractPartySigned,
  ContractSigned,
  TrainingRecorded,
  TrainingConfirmed,
  TrainingCompleted,
  InformationHandedOver,
  InformationReopened,
  BatchWentLive,
  BatchAccepted,
  BatchReworkRequested,
  BatchReworked,
  TrialStarted,
  TrialExtensionProposed,
  TrialExtended,
  TrialVerdictReminded,
  TrialPassed,
  TrialFailed,
  ContractTerminated,
  HandbackListed,
  HandbackSigned,
  ContractExpiryReminded,
  ClarificationAsked,
  ClarificationAnswered,
  SupervisionChecked,
  RemedyProposed,
  RemedyAgreed,
  RemedyDone,
  SuggestionMade,
  SuggestionReplied,
  ManagementMeetingHeld,
  ManagementMeetingMissed,
  ClientReminded,
  DepositRequested,
  DepositReceived,
  DepositApplied,
  DepositKept,
  DepositRefundOwed,
  DepositRefunded,
  ClientCreditGranted,
  ClientCreditPaidOut,
  InvoiceIssued,
  InvoiceFellDue,
  InvoiceSettled,
  StaffingShortfallBegan,
] as const;

type EventOf<Type> = Type extends MessageType<infer Event> ? Event : never;
export type NoticeEvent = EventOf<(typeof TYPES)[number]>;
type Rules = { readonly [Event in NoticeEvent as Event['$type']]: (event: Event) => readonly Notice[] };

/** The event types that anybody is told of. */
export const NOTICE_TYPES: readonly MessageType<NoticeEvent>[] = TYPES;

const RULES: Rules = {
  'deskfleet.onboarding.v1.QuoteIssued': ({ leadId, quote }) => [
    lead('quote-issued', CLIENT, leadId, { version: quote?.version ?? 0, validUntil: quote?.validUntil ?? '' }),
  ],
  'deskfleet.onboarding.v1.QuoteAccepted': ({ leadId, consent }) => agreed(lead('quote-accepted', OPERATIONS, leadId), consent),
  'deskfleet.onboarding.v1.QuoteDeclined': ({ leadId, reason, anotherWanted, consent }) =>
    agreed(lead('quote-declined', OPERATIONS, leadId, { reason, anotherWanted }), consent),
  'deskfleet.onboarding.v1.QuoteExpired': ({ leadId }) => [lead('quote-expired', BOTH, leadId)],
  'deskfleet.onboarding.v1.ContractOffered': ({ contractId }) => [contract('contract-offered', CLIENT, contractId)],
  'deskfleet.onboarding.v1.ContractOfferWithdrawn': ({ contractId, reason, by }) => [
    contract('contract-offer-withdrawn', otherThan(by), contractId, { reason }),
  ],
  'deskfleet.onboarding.v1.ContractPartySigned': ({ contractId, party, consent }) =>
    agreed(contract('contract-party-signed', otherThan(party), contractId), consent),
  'deskfleet.onboarding.v1.ContractSigned': ({ contractId, number, textHash, clientConsent }) => [
    contract('contract-signed', ALL, contractId, { number }),
    // With a text both signed in here, and each signature was told of by itself.
    ...(textHash === '' && onBehalf(clientConsent) ? agreed(contract('contract-party-signed', CLIENT, contractId, { number }), clientConsent) : []),
  ],
  'deskfleet.onboarding.v1.TrainingRecorded': ({ contractId, by, consent }) => agreed(contract('training-to-confirm', otherThan(by), contractId), consent),
  'deskfleet.onboarding.v1.TrainingConfirmed': ({ contractId, by, consent }) => agreed(contract('training-confirmed', otherThan(by), contractId), consent),
  'deskfleet.onboarding.v1.TrainingCompleted': ({ contractId, results }) => [
    contract('training-completed', OPERATIONS, contractId, { passed: results.filter(({ passed }) => passed).length, of: results.length }),
  ],
  'deskfleet.onboarding.v1.InformationHandedOver': ({ contractId, itemKey, consent }) =>
    agreed(contract('information-handed-over', OPERATIONS, contractId, { item: itemKey }), consent),
  'deskfleet.onboarding.v1.InformationReopened': ({ contractId, itemKey, reason, by }) => [
    contract('information-reopened', otherThan(by), contractId, { item: itemKey, reason }),
  ],
  'deskfleet.onboarding.v1.BatchWentLive': ({ contractId, batchNo, products }) => [contract('batch-live', CLIENT, contractId, { batch: batchNo, products })],
  'deskfleet.onboarding.v1.BatchAccepted': ({ contractId, batchKey, consent }) =>
    agreed(contract('batch-accepted', OPERATIONS, contractId, { batchKey }), consent),
  'deskfleet.onboarding.v1.BatchReworkRequested': ({ contractId, batchKey, reason, consent }) =>
    agreed(contract('batch-rework', OPERATIONS, contractId, { batchKey, reason }), consent),
  'deskfleet.onboarding.v1.BatchReworked': ({ contractId, batchKey, note }) => [contract('batch-reworked', CLIENT, contractId, { batchKey, note })],
  'deskfleet.onboarding.v1.TrialStarted': ({ contractId, startsOn, endsOn }) => [contract('trial-started', ALL, contractId, { startsOn, endsOn })],
  'deskfleet.onboarding.v1.TrialExtensionProposed': ({ contractId, endsOn, by, consent }) =>
    agreed(contract('trial-extension-proposed', otherThan(by), contractId, { endsOn }), consent),
  'deskfleet.onboarding.v1.TrialExtended': ({ contractId, endsOn, consent }) => [
    contract('trial-extended', ALL, contractId, { endsOn }),
    ...(onBehalf(consent) ? agreed(contract('trial-extended', CLIENT, contractId, { endsOn }), consent) : []),
  ],
  'deskfleet.onboarding.v1.TrialVerdictReminded': ({ contractId, endsOn, daysLeft }) => [contract('trial-verdict-due', BOTH, contractId, { endsOn, daysLeft })],
  'deskfleet.onboarding.v1.TrialPassed': ({ contractId, month, consent }) => [
    contract('trial-passed', MONEY, contractId, { month }),
    ...(onBehalf(consent) ? agreed(contract('trial-passed', CLIENT, contractId, { month }), consent) : []),
  ],
  'deskfleet.onboarding.v1.TrialFailed': ({ contractId, reason, serviceEndsAt, consent }) => [
    contract('trial-failed', MONEY, contractId, { reason, serviceEndsAt }),
    ...(onBehalf(consent) ? agreed(contract('trial-failed', CLIENT, contractId, { reason, serviceEndsAt }), consent) : []),
  ],
  'deskfleet.onboarding.v1.ContractTerminated': ({ contractId, by, reason, serviceEndsAt, consent }) => {
    const facts = { reason, serviceEndsAt };
    const told = by === Party.PARTY_CLIENT ? MONEY : ([...CLIENT, 'finance'] as const);
    return [
      contract('contract-terminated', told, contractId, facts),
      ...(onBehalf(consent) ? agreed(contract('contract-terminated', CLIENT, contractId, facts), consent) : []),
    ];
  },
  'deskfleet.onboarding.v1.HandbackListed': ({ contractId, items }) => [contract('handback-listed', BOTH, contractId, { items: items.length })],
  'deskfleet.onboarding.v1.HandbackSigned': ({ contractId, party, consent }) => agreed(contract('handback-signed', otherThan(party), contractId), consent),
  'deskfleet.onboarding.v1.ContractExpiryReminded': ({ contractId, endsOn, daysLeft }) => [
    contract('contract-expiring', BOTH, contractId, { endsOn, daysLeft }),
  ],
  'deskfleet.onboarding.v1.ClarificationAsked': ({ questionId }) => [question('question-asked', CLIENT, questionId)],
  'deskfleet.onboarding.v1.ClarificationAnswered': ({ questionId, consent }) =>
    agreed(question('question-answered', ['vendor-operations', 'team-lead'], questionId), consent),
  'deskfleet.onboarding.v1.SupervisionChecked': ({ contractId, weaknesses, consent }) =>
    agreed(contract('supervision-checked', OPERATIONS, contractId, { weaknesses: weaknesses.length }), consent),
  'deskfleet.onboarding.v1.RemedyProposed': ({ contractId, dueOn, by }) => [contract('remedy-proposed', otherThan(by), contractId, { dueOn })],
  'deskfleet.onboarding.v1.RemedyAgreed': ({ contractId, by, consent }) => agreed(contract('remedy-agreed', otherThan(by), contractId), consent),
  'deskfleet.onboarding.v1.RemedyDone': ({ contractId, doneOn }) => [contract('remedy-done', CLIENT, contractId, { doneOn })],
  'deskfleet.onboarding.v1.SuggestionMade': ({ contractId, by, consent }) => agreed(contract('suggestion-made', otherThan(by), contractId), consent),
  'deskfleet.onboarding.v1.SuggestionReplied': ({ contractId, adopted, reason, by, consent }) =>
    agreed(contract('suggestion-replied', otherThan(by), contractId, { adopted, reason }), consent),
  'deskfleet.onboarding.v1.ManagementMeetingHeld': ({ contractId, heldOn, actions }) => [
    contract('meeting-held', CLIENT, contractId, { heldOn, actions: actions.length }),
  ],
  'deskfleet.onboarding.v1.ManagementMeetingMissed': ({ contractId, month }) => [contract('meeting-missed', OPERATIONS, contractId, { month })],
  'deskfleet.onboarding.v1.ClientReminded': ({ contractId, leadId, what, step, note }) => [
    contractId === '' ? lead('reminded', CLIENT, leadId, { what, step, note }) : contract('reminded', CLIENT, contractId, { what, step, note }),
  ],
  'deskfleet.billing.v1.DepositRequested': ({ contractId, required }) => [deposit('deposit-requested', ['finance', ...CLIENT], contractId, amount(required))],
  'deskfleet.billing.v1.DepositReceived': ({ contractId, amount: part, received, required }) => [
    deposit('deposit-received', BOTH, contractId, { ...amount(part), complete: (received?.minor ?? 0) >= (required?.minor ?? 0) }),
  ],
  'deskfleet.billing.v1.DepositApplied': ({ contractId, amount: part }) => [deposit('deposit-applied', CLIENT, contractId, amount(part))],
  'deskfleet.billing.v1.DepositKept': ({ contractId, amount: part }) => [deposit('deposit-kept', CLIENT, contractId, amount(part))],
  'deskfleet.billing.v1.DepositRefundOwed': ({ contractId, amount: part }) => [deposit('refund-owed', ['finance', ...CLIENT], contractId, amount(part))],
  'deskfleet.billing.v1.DepositRefunded': ({ contractId, amount: part, paidOn }) => [deposit('refunded', BOTH, contractId, { ...amount(part), paidOn })],
  'deskfleet.billing.v1.ClientCreditGranted': ({ contractId, amount: part }) => [deposit('credit-granted', CLIENT, contractId, amount(part))],
  'deskfleet.billing.v1.ClientCreditPaidOut': ({ clientId, amount: part, paidOn }) => [
    { kind: 'credit-paid-out', to: CLIENT, subject: clientId, facts: { ...amount(part), paidOn }, path: '/billing' },
  ],
  'deskfleet.billing.v1.InvoiceIssued': ({ invoiceId, number, period, total, dueOn }) => [
    invoice('invoice-issued', CLIENT, invoiceId, number, { number, month: period, ...amount(total), ...(dueOn === '' ? {} : { dueOn }) }),
  ],
  'deskfleet.billing.v1.InvoiceFellDue': ({ invoiceId, dueOn }) => [invoice('invoice-due', CLIENT, invoiceId, '', { dueOn })],
  'deskfleet.billing.v1.InvoiceSettled': ({ invoiceId, amount: part, settledOn }) => [
    invoice('invoice-settled', CLIENT, invoiceId, '', { ...amount(part), settledOn }),
  ],
  'deskfleet.agents.v1.StaffingShortfallBegan': ({ shopId, contracted, online, since }) => [
    {
      kind: 'shortfall',
      to: ['vendor-operations', 'team-lead', ...CLIENT],
      subject: shopId,
      facts: { contracted, online, since },
      path: `/staffing?shops=${shopId}`,
    },
  ],
};

/** What is told of this event; nothing of most. */
export function noticesOf(event: NoticeEvent): readonly Notice[] {
  // A rule is found by its event's type, so it takes this event.
  const rule = RULES[event.$type] as (event: NoticeEvent) => readonly Notice[];
  return rule(event);
}
