// A vendor with 5,000 shops, as the server answers for it: what fits a screen, and the others as counts.
import type { Shop } from '../src/api/types.ts';
import { cny, contractSla, floor, HOUR, NOW, shops, waiting, ZONE } from './fixtures.ts';
import { accrual } from './fixtures-work.ts';

export const MANY = 5_000;
const SHOWN = 50;

export const manyShops: Shop[] = Array.from({ length: MANY }, (_, index) => ({
  shopId: `sh_${index}`,
  clientId: `cl_${index}`,
  clientName: `客户 ${index}`,
  code: `shop-${String(index).padStart(4, '0')}`,
  name: `${shops[index % 4]?.name ?? ''} ${index}`,
  platform: shops[index % 4]?.platform ?? '',
  addedAt: NOW - index * HOUR,
  contractId: `ct_${index}`,
  contractNumber: `C-${index}`,
  zone: ZONE,
}));

const shown = manyShops.slice(0, SHOWN);

export const many = {
  clauses: {
    clauses: shown.map((shop, index) => ({
      contractId: shop.contractId,
      contractNumber: shop.contractNumber,
      shopIds: [shop.shopId],
      figure: { ...contractSla('ct_0').clauses[0], shopId: shop.shopId, kept: index > 40, days: [], waits: [] },
    })),
    all: { clauses: MANY, kept: MANY - 41, nothingDue: 120, met: 480_000, missed: 21_000 },
    rest: { clauses: MANY - SHOWN, kept: MANY - SHOWN, nothingDue: 120, met: 470_000, missed: 9_000 },
    asOf: NOW,
  },
  floor: {
    ...floor,
    open: 1_284,
    waiting: shown.map((shop, index) => ({
      clock: {
        ...(floor.waiting[1]?.clock as NonNullable<(typeof floor.waiting)[number]['clock']>),
        shopId: shop.shopId,
        conversationId: `cv_${index}`,
        dueAt: NOW + index * 9_000,
      },
      leftMs: index * 9_000,
      warned: index < 9,
    })),
    hours: shown.flatMap((shop, row) =>
      Array.from({ length: 12 }, (_, hour) => ({
        shopId: shop.shopId,
        clauseKey: 'first-response',
        hourStart: Math.floor(NOW / HOUR) * HOUR - (11 - hour) * HOUR,
        met: 20 + hour,
        missed: Math.max(0, 12 - Math.floor(row / 4)),
        targetBp: 9_000,
      })),
    ),
    rest: { shops: MANY - SHOWN, met: 91_000, missed: 1_200 },
  },
  waiting: {
    ...waiting,
    items: shown.map((shop) => ({ ...waiting.items[0], shopId: shop.shopId, subject: shop.code })),
    total: 4_312,
    rest: 4_262,
  },
  accruals: {
    accruals: shown.map((shop) => ({ ...accrual(shop.contractId), contractNumber: shop.contractNumber, shopIds: [shop.shopId] })),
    all: { contracts: MANY, counted: 1_204_000, notCounted: 38_000, totals: [cny('3712345.60')] },
    rest: { contracts: MANY - SHOWN, counted: 1_144_000, notCounted: 19_000, totals: [cny('3426345.60')] },
    nextToken: '',
  },
};
