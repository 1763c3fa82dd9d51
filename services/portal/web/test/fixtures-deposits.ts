// Deposits for the pictures: one whose trial failed and whose refund is half paid out, one that waits for its last cent.
import type { components } from '../src/api/schema.d.ts';
import { cny, HOUR, NOW } from './fixtures.ts';

type Deposit = components['schemas']['Deposit'];
type Entry = Deposit['entries'][number];

const none = cny('0.00');
const DAY = 24 * HOUR;

const entry = (position: number, kind: string, daysAgo: number, more: Partial<Entry>): Entry => ({
  kind,
  on: '',
  reference: '',
  invoiceNumber: '',
  userId: '',
  recordedAt: NOW - daysAgo * DAY,
  event: { source: 'billing/0/1', position },
  ...more,
});

export const deposits: Deposit[] = [
  {
    contractId: 'ct_1',
    contractNumber: 'C-0141',
    clientId: 'cl_1',
    shopIds: ['sh_baby'],
    status: 'awaited',
    ledger: {
      required: cny('6000.00'),
      received: cny('5999.99'),
      missing: cny('0.01'),
      held: cny('5999.99'),
      setOff: none,
      credited: none,
      kept: none,
      refundOwed: none,
      refunded: none,
    },
    month: '',
    requestedAt: NOW - 5 * DAY,
    lastAt: NOW - 2 * DAY,
    entries: [
      entry(11, 'requested', 5, { amount: cny('6000.00') }),
      entry(14, 'received', 2, { amount: cny('5999.99'), on: '2026-03-29', reference: '20260329-7781', userId: 'us_finance' }),
    ],
  },
  {
    contractId: 'ct_0',
    contractNumber: 'C-0140',
    clientId: 'cl_0',
    shopIds: ['sh_home'],
    status: 'refund-owed',
    ledger: {
      required: cny('6000.00'),
      received: cny('6000.00'),
      missing: none,
      held: none,
      setOff: none,
      credited: none,
      kept: cny('1850.00'),
      refundOwed: cny('150.00'),
      refunded: cny('4000.00'),
    },
    month: '',
    requestedAt: NOW - 40 * DAY,
    lastAt: NOW - DAY,
    entries: [
      entry(3, 'requested', 40, { amount: cny('6000.00') }),
      entry(5, 'received', 38, { amount: cny('6000.00'), on: '2026-02-21', reference: '20260221-0031', userId: 'us_finance' }),
      entry(21, 'routed-to-refund', 3, {}),
      entry(24, 'kept', 2, { amount: cny('1850.00'), invoiceNumber: 'DF-202603-0142' }),
      entry(25, 'refund-owed', 2, { amount: cny('4150.00') }),
      entry(31, 'refunded', 1, { amount: cny('4000.00'), on: '2026-03-30', reference: 'OUT-118', userId: 'us_finance' }),
    ],
  },
];

export const standing = {
  fees: cny('1850.00'),
  unpaid: cny('1850.00'),
  deposit: cny('6000.00'),
  kept: cny('1850.00'),
  refund: cny('4150.00'),
  receivable: none,
  asOf: NOW,
};

/** One contract of which a step was refused, and tried again once. */
export const setAside = {
  setAside: {
    contractId: 'ct_0',
    code: 'deposit-already-requested',
    factsJson: '{"required":"5000.00"}',
    since: NOW - 3 * HOUR,
    retries: [{ code: 'deposit-already-requested', reason: '客户说已改', userId: 'us_1', at: NOW - 4 * HOUR }],
  },
  refused: { title: '保证金已经按 5000.00 要求支付。', detail: '' },
};
