// `deskfleet report sla` and `deskfleet invoices`: what the portal answers, under the names scripts know.
import type { Portal } from './portal.ts';
import { Refused } from './portal.ts';

interface Shop {
  readonly shopId: string;
  readonly code: string;
}

interface Money {
  readonly currency: string;
  readonly amount: string;
}

interface Invoice {
  readonly number: string;
  readonly shopIds: readonly string[];
  readonly period: string;
  readonly currency: string;
  readonly lines: readonly {
    readonly key: string;
    readonly description: string;
    readonly quantity: string;
    readonly unitPrice: string;
    readonly amount?: Money;
    readonly shopId: string;
  }[];
  readonly total?: Money;
}

type Figures = Readonly<Record<string, unknown>>;

export interface ReportOptions {
  readonly shop?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Figures by shop code and in total. `to` is inclusive. */
export async function slaReport(portal: Portal, { shop, from, to }: ReportOptions): Promise<object> {
  const shops = await shopsOf(portal);
  const wanted = shop === undefined ? undefined : shops.find(({ code }) => code === shop);
  if (shop !== undefined && wanted === undefined) throw new Refused('shop-not-found', `There is no shop ${shop}.`);
  const query = { from, to, ...(wanted === undefined ? {} : { shopIds: [wanted.shopId] }) };
  const answer = (await portal.ask('/reports/sla', { query })) as { readonly total?: Figures; readonly shops: readonly Figures[] };
  const codes = codesOf(shops);
  const byCode = answer.shops.map((figures) => [codes.get(String(figures['shopId'])) ?? String(figures['shopId']), figuresOf(figures)] as const);
  return { total: figuresOf(answer.total ?? {}), shops: Object.fromEntries(byCode.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** camelCase to the names of the expected figures: within15Min -> within_15_min, frtMsP90 -> frt_ms_p90. */
export function figuresOf(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures)
      .filter(([name]) => name !== 'shopId')
      .map(([name, value]) => [snakeCase(name), value]),
  );
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/([a-z])(\d)/g, '$1_$2')
    .replaceAll(/(\d)([A-Z])/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/_p_(\d+)$/, '_p$1');
}

/** Settles first; a month that can't close is refused by name. */
export async function closeThrough(portal: Portal, through: string, settle: () => Promise<void>): Promise<readonly object[]> {
  await settle();
  const { invoices } = (await portal.ask('/invoices/close', { method: 'POST', body: { through } })) as { readonly invoices: readonly Invoice[] };
  return named(portal, invoices);
}

export async function listInvoices(portal: Portal): Promise<readonly object[]> {
  const all: Invoice[] = [];
  let token = '';
  do {
    const page = (await portal.ask('/invoices', { query: { size: '200', ...(token === '' ? {} : { token }) } })) as {
      readonly invoices: readonly Invoice[];
      readonly nextToken: string;
    };
    all.push(...page.invoices);
    token = page.nextToken;
  } while (token !== '');
  return named(portal, all);
}

/** One order for the same invoices however they were asked for: month by month, then by shop, then by number. */
async function named(portal: Portal, invoices: readonly Invoice[]): Promise<readonly object[]> {
  const codes = codesOf(await shopsOf(portal));
  const rows = invoices.map((invoice) => {
    const shops = invoice.shopIds.map((shopId) => codes.get(shopId) ?? shopId).sort();
    return {
      ...(shops.length === 1 ? { shop: shops[0] } : { shops }),
      period: invoice.period,
      number: invoice.number,
      currency: invoice.currency,
      lines: invoice.lines.map((line) => ({
        key: line.key,
        description: line.description,
        quantity: line.quantity,
        unit_price: line.unitPrice,
        amount: line.amount?.amount ?? '0',
        ...(shops.length === 1 || line.shopId === '' ? {} : { shop: codes.get(line.shopId) ?? line.shopId }),
      })),
      total: invoice.total?.amount ?? '0',
    };
  });
  const key = ({ period, shop, shops, number }: { period: string; shop?: string | undefined; shops?: string[]; number: string }): string =>
    [period, shop ?? shops?.join(','), number].join('\0');
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

interface ShopPage {
  readonly shops: readonly Shop[];
  readonly nextToken: string;
}

async function shopsOf(portal: Portal): Promise<readonly Shop[]> {
  const shops: Shop[] = [];
  let token = '';
  do {
    const page = (await portal.ask(`/shops?size=200${token === '' ? '' : `&token=${encodeURIComponent(token)}`}`)) as ShopPage;
    shops.push(...page.shops);
    token = page.nextToken;
  } while (token !== '');
  return shops;
}

function codesOf(shops: readonly Shop[]): ReadonlyMap<string, string> {
  return new Map(shops.map(({ shopId, code }) => [shopId, code]));
}
