// gRPC methods of deposits, payments and credit -> commands and queries; nothing else.
import { fold, type Refused, refuse } from '@deskfleet/event-store';
import { fromProto, isCurrency, type Money } from '@deskfleet/money';
import type { UnknownMessage } from '@deskfleet/protocol';
import { SettledBy } from '@deskfleet/protocol/billing';
import {
  ConfirmReceiptRequest,
  DepositReceipt,
  DepositServiceDefinition,
  type DepositServiceImplementation,
  ListDepositsResponse,
  PayOutCreditRequest,
  RecordInvoicePaymentRequest,
  RecordPayoutRequest,
  RetrySetAsideRequest,
} from '@deskfleet/protocol/billing-deposits';
import { CommandReceipt, type Money as MoneyMessage } from '@deskfleet/protocol/common';
import { dateOf } from '@deskfleet/service-hours';
import {
  allow,
  type Caller,
  type CallerContext,
  type GrpcService,
  grpcService,
  type Kit,
  keyset,
  notFound,
  pageOf,
  unwrap,
  visibleShops,
} from '@deskfleet/service-kit';
import { credit } from './credit/credit.ts';
import { type DepositCommand, deposit } from './deposit/deposit.ts';
import { invoice } from './invoice/invoice.ts';
import { creditStream, depositStream, engagementStream, invoiceStream, streamsOf } from './invoice/streams.ts';
import { creditOf, depositOf, depositPage, ledgerOf, trialStanding } from './queries/deposits.ts';
import { engagementOf, setAsideOf } from './queries/engagements.ts';
import { invoiceByNumber } from './queries/invoices.ts';
import { retries } from './retry/retry.ts';
import { onlyShop } from './work/engagements.ts';

/** Characters of a bank's reference or of a receipt's number. */
const REFERENCE_LIMIT = 100;

export function depositsApi(kit: Kit): GrpcService {
  return grpcService(DepositServiceDefinition, implementation(kit));
}

function implementation(kit: Kit): DepositServiceImplementation<CallerContext> {
  const { source } = kit.store;
  return {
    async listDeposits(request, { caller }) {
      allow(caller, 'finance', 'client');
      await kit.awaitPosition(request.after);
      const page = keyset(request.page, 3);
      const [missing, refundOwed, contractId] = page.after ?? [];
      const after = page.after === undefined ? undefined : { missing: Number(missing), refundOwed: Number(refundOwed), contractId: String(contractId) };
      const filter = { shopIds: visibleShops(caller, request.shopIds), status: request.status };
      const found = await kit.read(caller, (tx) => depositPage(tx, caller.vendorId, filter, after, page.size + 1));
      const { rows, nextToken } = pageOf(found.deposits, page, (one) => [one.ledger?.missing?.minor ?? 0, one.ledger?.refundOwed?.minor ?? 0, one.contractId]);
      return ListDepositsResponse.create({ deposits: [...rows], nextToken, total: found.total });
    },

    async getDeposit(request, { caller }) {
      allow(caller, 'finance', 'client');
      await kit.awaitPosition(request.after);
      return (await kit.read(caller, (tx) => depositOf(tx, caller.vendorId, request.contractId, source))) ?? notFound('deposit', request.contractId);
    },

    async getTrialStanding(request, { caller }) {
      allow(caller, 'finance', 'client', 'service');
      const standing = await kit.read(caller, (tx) => trialStanding(tx, caller.vendorId, request.contractId, kit.now()));
      return standing ?? notFound('contract', request.contractId);
    },

    async confirmReceipt(request, { caller }) {
      allow(caller, 'finance');
      const { commandId, contractId, receiptId, receivedOn, reference } = request;
      const asked = checked(kit, receiptId, 'receiptId', receivedOn, 'receivedOn', reference, request.amount);
      return onDeposit(kit, caller, { commandId, contractId, content: ConfirmReceiptRequest.encode(request).finish() }, asked, (amount) => ({
        kind: 'receive',
        receiptId,
        amount,
        receivedOn,
        reference,
      }));
    },

    async recordPayout(request, { caller }) {
      allow(caller, 'finance');
      const { commandId, contractId, payoutId, paidOn, reference } = request;
      const asked = checked(kit, payoutId, 'payoutId', paidOn, 'paidOn', reference, request.amount);
      return onDeposit(kit, caller, { commandId, contractId, content: RecordPayoutRequest.encode(request).finish() }, asked, (amount) => ({
        kind: 'refund',
        payoutId,
        amount,
        paidOn,
        reference,
      }));
    },

    async recordInvoicePayment(request, { caller }) {
      allow(caller, 'finance');
      const { number, paidOn, reference } = request;
      const stored = (await kit.read(caller, (tx) => invoiceByNumber(tx, caller.vendorId, number))) ?? notFound('invoice', number);
      const streamId = invoiceStream(stored.issued.contractId, stored.issued.period);
      const asked = checked(kit, reference, 'reference', paidOn, 'paidOn', reference, request.amount);
      return on(
        kit,
        caller,
        request.commandId,
        RecordInvoicePaymentRequest.encode(request).finish(),
        streamId,
        onlyShop(stored.issued.shopIds),
        (loaded, now) =>
          'accepted' in asked
            ? asked
            : invoice.decide(fold(invoice, streamsOf(loaded, now).invoice(streamId)), {
                kind: 'settle',
                by: SettledBy.SETTLED_BY_PAYMENT,
                amount: asked.amount,
                settledOn: paidOn,
                reference,
              }),
      );
    },

    async getClientCredit(request, { caller }) {
      allow(caller, 'finance', 'client');
      if (caller.role === 'client' && caller.clientId !== request.clientId) notFound('client', request.clientId);
      return (await kit.read(caller, (tx) => creditOf(tx, caller.vendorId, request.clientId))) ?? notFound('client', request.clientId);
    },

    async getSetAside(request, { caller }) {
      allow(caller, 'finance');
      await kit.awaitPosition(request.after);
      return (await kit.read(caller, (tx) => setAsideOf(tx, caller.vendorId, request.contractId))) ?? notFound('contract', request.contractId);
    },

    async retrySetAside(request, { caller }) {
      allow(caller, 'finance');
      const { commandId, contractId, reason } = request;
      const engagement = (await kit.read(caller, (tx) => engagementOf(tx, caller.vendorId, contractId))) ?? notFound('contract', contractId);
      const { refused: code, refusals, shopIds } = engagement;
      const setAside = code === '' ? undefined : { refusals, code };
      const content = RetrySetAsideRequest.encode(request).finish();
      return on(kit, caller, commandId, content, engagementStream(contractId), onlyShop(shopIds), (loaded, now) =>
        retries.decide(fold(retries, streamsOf(loaded, now).retries(contractId)), { contractId, setAside, reason }),
      );
    },

    async payOutCredit(request, { caller }) {
      allow(caller, 'finance');
      const { clientId, payoutId, paidOn, reference } = request;
      const asked = checked(kit, payoutId, 'payoutId', paidOn, 'paidOn', reference, request.amount);
      return on(kit, caller, request.commandId, PayOutCreditRequest.encode(request).finish(), creditStream(clientId), '', (loaded, now) =>
        'accepted' in asked
          ? asked
          : credit.decide(fold(credit, streamsOf(loaded, now).credit(clientId)), {
              kind: 'pay-out',
              clientId,
              payoutId,
              amount: asked.amount,
              paidOn,
              reference,
            }),
      );
    },
  };
}

type Decided = { readonly accepted: true; readonly events: readonly UnknownMessage[] } | Refused;
type Loaded = Parameters<typeof streamsOf>[0];

/** One stream, one decision, its events. */
async function on(
  kit: Kit,
  caller: Caller,
  commandId: string,
  content: Uint8Array,
  streamId: string,
  shopId: string,
  decide: (loaded: Loaded, now: number) => Decided,
): Promise<CommandReceipt> {
  const { at } = unwrap(
    await kit.command({
      caller,
      commandId,
      content,
      answer: CommandReceipt,
      streams: [streamId],
      decide(loaded, now) {
        const decision = decide(loaded, now);
        if (!decision.accepted) return decision;
        return { appends: [streamsOf(loaded, now).append(streamId, decision.events, shopId)], answer: CommandReceipt.create() };
      },
    }),
  );
  return CommandReceipt.create({ at });
}

/** A command on a contract's deposit; answers how its ledger stands after it. */
async function onDeposit(
  kit: Kit,
  caller: Caller,
  { commandId, contractId, content }: { readonly commandId: string; readonly contractId: string; readonly content: Uint8Array },
  asked: Refused | { readonly amount: Money },
  command: (amount: Money) => DepositCommand,
): Promise<DepositReceipt> {
  const engagement = (await kit.read(caller, (tx) => engagementOf(tx, caller.vendorId, contractId))) ?? notFound('contract', contractId);
  const { answer, at } = unwrap(
    await kit.command({
      caller,
      commandId,
      content,
      answer: DepositReceipt,
      streams: [depositStream(contractId)],
      decide(loaded, now) {
        if ('accepted' in asked) return asked;
        const streams = streamsOf(loaded, now);
        const state = fold(deposit, streams.deposit(contractId));
        const decision = deposit.decide(state, command(asked.amount));
        if (!decision.accepted) return decision;
        const after = decision.events.reduce((before, event) => deposit.evolve(before, event), state);
        return {
          appends: [streams.append(depositStream(contractId), decision.events, onlyShop(engagement.shopIds))],
          answer: DepositReceipt.create({ ledger: after.status === 'none' ? undefined : ledgerOf(after) }),
        };
      },
    }),
  );
  return { ...answer, at };
}

/** What every movement of money is told with: a number, a day that is not ahead, an amount. */
function checked(
  kit: Kit,
  id: string,
  idField: string,
  date: string,
  dateField: string,
  reference: string,
  amount: MoneyMessage | undefined,
): Refused | { readonly amount: Money } {
  if (id.trim() === '' || id.length > REFERENCE_LIMIT)
    return refuse('reference-invalid', { field: idField, found: id.length, expected: `1 to ${REFERENCE_LIMIT} characters` });
  if (reference.length > REFERENCE_LIMIT)
    return refuse('reference-invalid', { field: 'reference', found: reference.length, expected: `at most ${REFERENCE_LIMIT} characters` });
  if (!isDate(date)) return refuse('date-invalid', { field: dateField, found: date, expected: 'a date, e.g. 2026-11-23' });
  // The furthest east a day can have begun.
  if (date > dateOf(kit.now(), 'Pacific/Kiritimati')) return refuse('date-ahead', { field: dateField, found: date, expected: 'a day that has begun' });
  if (amount === undefined || !isCurrency(amount.currency))
    return refuse('amount-missing', { field: 'amount', found: amount?.currency ?? '', expected: 'an amount' });
  return { amount: fromProto(amount) };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
