// A client's shop on a platform, known by the code that channels and files call it by, and the contracts that cover it: one at most on any day.
import { accept, type Decider, type Decision, refuse } from '@deskfleet/event-store';
import { ShopAdded, ShopContractEnded, ShopContracted } from '@deskfleet/protocol/onboarding';

export type ShopEvent = ShopAdded | ShopContracted | ShopContractEnded;

/** Days are ISO dates in the contract's zone, inclusive; `endsOn` is empty while open. */
export interface Cover {
  readonly contractId: string;
  readonly effectiveOn: string;
  readonly endsOn: string;
}

export type Shop =
  | { readonly status: 'none' }
  | {
      readonly status: 'added';
      readonly clientId: string;
      readonly code: string;
      readonly name: string;
      readonly platform: string;
      readonly covers: readonly Cover[];
    };

export type ShopCommand =
  | { readonly kind: 'add'; readonly shopId: string; readonly clientId: string; readonly code: string; readonly name: string; readonly platform: string }
  | ({ readonly kind: 'contract'; readonly shopId: string; readonly clientId: string } & Cover)
  /** Service ends before the contract's own last day. */
  | { readonly kind: 'end-contract'; readonly shopId: string; readonly contractId: string; readonly endsOn: string };

type Refusal =
  | 'shop-code-invalid'
  | 'shop-name-missing'
  | 'shop-platform-missing'
  | 'shop-code-taken'
  | 'shop-not-found'
  | 'shop-of-another-client'
  | 'contract-overlaps';

/** 1 to 100 characters that survive a URL path and a file: letters and digits of any script, and . _ - within. */
const CODE = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;
/** Characters. */
const NAME_LIMIT = 200;

export const shop: Decider<ShopCommand, ShopEvent, Shop, Refusal> = {
  initial: { status: 'none' },

  evolve(shop, event) {
    switch (event.$type) {
      case ShopAdded.$type:
        return { status: 'added', clientId: event.clientId, code: event.code, name: event.name, platform: event.platform, covers: [] };
      case ShopContracted.$type:
        return shop.status === 'none' ? shop : { ...shop, covers: [...shop.covers, event] };
      case ShopContractEnded.$type:
        return shop.status === 'none'
          ? shop
          : { ...shop, covers: shop.covers.flatMap((cover) => (cover.contractId === event.contractId ? until(cover, event.endsOn) : [cover])) };
    }
  },

  decide(shop, command) {
    switch (command.kind) {
      case 'add':
        return add(shop, command);
      case 'contract':
        return contract(shop, command);
      case 'end-contract':
        return endContract(shop, command);
    }
  },
};

type Asked<Kind extends ShopCommand['kind']> = Extract<ShopCommand, { kind: Kind }>;

function add(shop: Shop, { shopId, clientId, code, name, platform }: Asked<'add'>): Decision<ShopEvent, Refusal> {
  if (!CODE.test(code)) {
    return refuse('shop-code-invalid', {
      field: 'code',
      found: code.slice(0, 120),
      expected: '1 to 100 letters, digits, . _ -, beginning with a letter or digit',
    });
  }
  if (name.trim() === '' || name.length > NAME_LIMIT)
    return refuse('shop-name-missing', { field: 'name', found: name.length, expected: `1 to ${NAME_LIMIT} characters` });
  if (platform.trim() === '')
    return refuse('shop-platform-missing', { field: 'platform', found: platform, expected: 'tmall, jd, pinduoduo, douyin, own, ...' });
  if (shop.status === 'none') return accept(ShopAdded.create({ shopId, clientId, code, name, platform }));
  const same = shop.clientId === clientId && shop.name === name && shop.platform === platform;
  return same ? accept() : refuse('shop-code-taken', { code, name: shop.name, platform: shop.platform });
}

function contract(shop: Shop, { shopId, clientId, contractId, effectiveOn, endsOn }: Asked<'contract'>): Decision<ShopEvent, Refusal> {
  if (shop.status === 'none') return refuse('shop-not-found', { field: 'shopIds', id: shopId });
  if (shop.clientId !== clientId) return refuse('shop-of-another-client', { shopId, code: shop.code, clientId: shop.clientId });
  if (shop.covers.some((cover) => cover.contractId === contractId)) return accept();
  const other = shop.covers.find((cover) => overlap(cover, { effectiveOn, endsOn }));
  if (other !== undefined)
    return refuse('contract-overlaps', { shopId, code: shop.code, contractId: other.contractId, from: other.effectiveOn, to: other.endsOn });
  return accept(ShopContracted.create({ shopId, contractId, effectiveOn, endsOn }));
}

/** Never later than it would have ended anyway. */
function endContract(shop: Shop, { shopId, contractId, endsOn }: Asked<'end-contract'>): Decision<ShopEvent, Refusal> {
  const cover = shop.status === 'none' ? undefined : shop.covers.find((each) => each.contractId === contractId);
  if (cover === undefined || (cover.endsOn !== '' && cover.endsOn <= endsOn)) return accept();
  return accept(ShopContractEnded.create({ shopId, contractId, endsOn }));
}

/** Ended before its first day, it never covered the shop. */
function until(cover: Cover, endsOn: string): Cover[] {
  return endsOn < cover.effectiveOn ? [] : [{ ...cover, endsOn }];
}

type Days = Pick<Cover, 'effectiveOn' | 'endsOn'>;

/** Whether two spans of days share one: ISO dates order as text. */
function overlap(a: Days, b: Days): boolean {
  return (a.endsOn === '' || b.effectiveOn <= a.endsOn) && (b.endsOn === '' || a.effectiveOn <= b.endsOn);
}
