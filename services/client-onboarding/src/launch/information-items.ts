// The standard information list (店铺信息交接): what agents need of a shop before its first buyer writes. Source: domain.md P-05, BR-209.
import type { InformationItem } from './state.ts';

interface StandardItem {
  readonly key: string;
  /** Shown on demand only, unless the client says otherwise when handing it over. */
  readonly secret?: true;
  /** Lent for the time of the contract, so it is handed back at the end (BR-228). */
  readonly lent?: true;
}

/** In the order they are asked for. Titles are the reader's language's, by key. */
export const STANDARD_ITEMS: readonly StandardItem[] = [
  { key: 'sub-accounts', secret: true, lent: true },
  { key: 'backend-access', secret: true, lent: true },
  { key: 'discount-authority' },
  { key: 'return-address' },
  { key: 'shipping-promises' },
  { key: 'campaigns' },
  { key: 'after-sale-rules' },
  { key: 'banned-words' },
  { key: 'urgent-contacts' },
];

export const STANDARD_KEYS: ReadonlySet<string> = new Set(STANDARD_ITEMS.map(({ key }) => key));

/** Whether what was handed over under this key is lent. An item of the contract's own that holds a secret is. */
export function isLent(key: string, item: InformationItem): boolean {
  if (item.progress.status !== 'handed-over') return false;
  return item.standard ? STANDARD_ITEMS.some((standard) => standard.key === key && standard.lent) : item.progress.secret;
}

/** The list as it begins: every standard item required and open. */
export function standardInformation(): Readonly<Record<string, InformationItem>> {
  return Object.fromEntries(
    STANDARD_ITEMS.map(({ key }) => [
      key,
      { title: '', required: true, reason: '', standard: true, progress: { status: 'open', reopened: undefined } } satisfies InformationItem,
    ]),
  );
}
