// Lists to take along: .xlsx typed, with a sheet 说明 that says what it is, or CSV. Each follows the filter and the order of its screen; written as
// it is read, so that length costs no memory.
import { Readable } from 'node:stream';
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox';
import { type Language, type Names, type Sheet, written } from '../../export/columns.ts';
import * as lists from '../../export/lists.ts';
import { allRows, type ListPage, type ListSource, namesFor } from '../../export/source.ts';
import { workbook } from '../../export/workbook.ts';
import { CSV_START, csvLine } from '../csv.ts';
import { type Access, type Call, EVERYONE, FINANCE, type Route, route, VENDOR } from '../route.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const NUMBERS = new Set(['count', 'money', 'seconds', 'score']);

/** What every export is asked with, beside its list's own filter. */
const common = {
  format: Type.Union([Type.Literal('xlsx'), Type.Literal('csv')]),
  lang: Type.Optional(Type.Union([Type.Literal('zh'), Type.Literal('en')], { description: 'of headings and words; zh when not said' })),
  address: Type.Optional(Type.String({ pattern: '^/[^/]', maxLength: 2_000, description: 'the page it was taken from; stands in the sheet 说明' })),
};
const date = Type.String({ format: 'date' });
const range = { from: Type.Optional(date), to: Type.Optional(date) };
const shopIds = { shopIds: Type.Optional(Type.Array(Type.String())) };
const month = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$' });
const text = Type.Optional(Type.String());

type Asked<Params, Query> = { readonly params: Params; readonly query: Query };

interface ExportSpec<Params extends TProperties, Query extends TProperties, Row> {
  readonly url: string;
  readonly operationId: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: TObject<Params>;
  readonly query: Query;
  readonly sheet: Sheet<Row>;
  readonly pages: (source: ListSource, asked: Asked<Static<TObject<Params>>, Static<TObject<Query>>>) => (token: string) => Promise<ListPage<Row>>;
}

function exported<Row, Query extends TProperties, Params extends TProperties = Record<never, TSchema>>(spec: ExportSpec<Params, Query, Row>): Route {
  const { url, operationId, summary, access, sheet } = spec;
  return route(
    {
      method: 'GET',
      url,
      operationId,
      tag: 'Exports',
      summary,
      description: 'At most 100,000 rows. Ids are text, instants are told in the time zone of their contract.',
      access,
      ...(spec.params === undefined ? {} : { params: spec.params }),
      query: Type.Object({ ...common, ...spec.query }, { additionalProperties: false }),
      produces: XLSX,
      answer: Type.String({ description: 'the file' }),
    },
    async (call) => {
      const { portal, caller, signal, reply } = call;
      const source = { backend: portal.backend, caller, signal };
      // The validator has proved both against the very schemas of the spec.
      const asked = { params: call.params, query: call.query } as Asked<Static<TObject<Params>>, Static<TObject<Query>>>;
      const { format, lang = 'zh', address } = call.query as Static<TObject<typeof common>>;
      const rows = await allRows(spec.pages(source, asked));
      const names = await namesFor(source, lang);
      const file = `${operationId.replace(/^export/, '').toLowerCase()}-${new Date(portal.now()).toISOString().slice(0, 10)}.${format}`;
      reply.header('content-disposition', `attachment; filename="${file}"`);
      if (format === 'csv') {
        reply.type('text/csv; charset=utf-8');
        return Readable.from(csvOf(sheet, rows, names));
      }
      const asOf = portal.now();
      let count = 0;
      const counted = (async function* () {
        for await (const row of rows) {
          count += 1;
          yield written(sheet, row, names);
        }
      })();
      const about = () => aboutLines(sheet, lang, count, asOf, scopeOf(call, names), address === undefined ? '' : portal.config.publicUrl + address);
      const head = sheet.columns.map((column) => ({ title: column[lang], kind: column.kind }));
      return Readable.from(workbook({ sheetName: sheet.name[lang], aboutName: { zh: '说明', en: 'About' }[lang], head, rows: counted, about }));
    },
  );
}

async function* csvOf<Row>(sheet: Sheet<Row>, rows: AsyncIterable<Row>, names: Names): AsyncGenerator<string> {
  let pending = CSV_START + csvLine(sheet.columns.map((column) => column[names.language]));
  for await (const row of rows) {
    // Exact decimals are written as they are: as text a minus would be taken for a formula and escaped.
    pending += csvLine(written(sheet, row, names).map(({ kind, text: said }) => (NUMBERS.has(kind) && said !== '' ? { decimal: said } : said)));
    if (pending.length < 65_536) continue;
    yield pending;
    pending = '';
  }
  yield pending;
}

/** The filter, in words: shops by name, everything else as the address has it. */
function scopeOf(call: Call<unknown, unknown, unknown>, names: Names): string {
  const { format: _format, lang: _lang, address: _address, ...filter } = call.query as Record<string, unknown>;
  const parts = Object.entries({ ...(call.params as Record<string, unknown>), ...filter })
    .filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => {
      if (key === 'shopIds' || key === 'shopId')
        return [value]
          .flat()
          .map((id) => names.shop(String(id)).name)
          .join('、');
      if (key === 'fromAt' || key === 'toAt') return `${key} ${new Date(Number(value)).toISOString()}`;
      return `${key} ${[value].flat().join(', ')}`;
    });
  return parts.join('; ') || { zh: '全部可见的店铺', en: 'all shops one may see' }[names.language];
}

function aboutLines<Row>(
  sheet: Sheet<Row>,
  lang: Language,
  count: number,
  asOf: number,
  scope: string,
  address: string,
): readonly (readonly [string, string])[] {
  const told = { zh: ['清单', '范围', '行数', '数据截至', '规则', '时间', '地址'], en: ['List', 'Scope', 'Rows', 'As of', 'Rules', 'Times', 'Address'] }[lang];
  const times = { zh: '按每行“时区”列的时区；没有该列的按合同的时区', en: 'In the zone of the row’s column Time zone; without one, in that of its contract' }[
    lang
  ];
  const said = [sheet.name[lang], scope, String(count), new Date(asOf).toISOString(), sheet.rule[lang], times, address];
  return told.map((term, index) => [term, said[index] ?? ''] as const).filter(([, value]) => value !== '');
}

const READERS: Access = [...FINANCE, 'client'];
const invoiceNumber = Type.Object({ number: Type.String() });
const lineDay = Type.Object({ number: Type.String(), lineKey: Type.String({ description: "the line's key" }), date });
const ofContract = Type.Object({ contractId: Type.String() });
const ofClause = Type.Object({ contractId: Type.String(), clauseKey: Type.String() });
const days = ({ from, to }: { from?: string | undefined; to?: string | undefined }) => ({ from: from ?? '', to: to ?? '' });

export const exportRoutes: readonly Route[] = [
  exported({
    url: '/exports/breaches',
    operationId: 'exportBreaches',
    summary: 'Breaches',
    access: EVERYONE,
    query: { ...range, ...shopIds, contractId: text, clauseKey: text },
    sheet: lists.breaches,
    pages: (source, { query }) =>
      lists.sources.breaches(source, {
        contractId: query.contractId ?? '',
        clauseKey: query.clauseKey ?? '',
        shopIds: query.shopIds ?? [],
        range: days(query),
      }),
  }),
  exported({
    url: '/exports/contracts/{contractId}/sla/{clauseKey}/clocks',
    operationId: 'exportClocks',
    summary: 'The clocks behind a figure',
    access: EVERYONE,
    params: ofClause,
    query: { ...range, shopId: text, states: Type.Optional(Type.Array(Type.String())) },
    sheet: lists.clocks,
    pages: (source, { params, query }) =>
      lists.sources.clocks(source, { ...params, shopId: query.shopId ?? '', states: query.states ?? [], range: days(query) }),
  }),
  exported({
    url: '/exports/conversations',
    operationId: 'exportConversations',
    summary: 'Conversations, without their texts',
    access: EVERYONE,
    query: { ...shopIds, fromAt: Type.Optional(Type.Integer()), toAt: Type.Optional(Type.Integer()) },
    sheet: lists.conversations,
    pages: (source, { query }) => lists.sources.conversations(source, { shopIds: query.shopIds ?? [], fromAt: query.fromAt ?? 0, toAt: query.toAt ?? 0 }),
  }),
  exported({
    url: '/exports/accounts',
    operationId: 'exportAccountList',
    summary: 'Accounts and whose they are',
    access: VENDOR,
    query: { ...shopIds, unmappedOnly: Type.Optional(Type.Boolean()), agentId: text },
    sheet: lists.accounts,
    pages: (source, { query }) =>
      lists.sources.accounts(source, { shopIds: query.shopIds ?? [], unmappedOnly: query.unmappedOnly ?? false, agentId: query.agentId ?? '' }),
  }),
  exported({
    url: '/exports/invoices',
    operationId: 'exportInvoices',
    summary: 'Issued invoices',
    access: READERS,
    query: shopIds,
    sheet: lists.invoices,
    pages: (source, { query }) => lists.sources.invoices(source, { shopIds: query.shopIds ?? [] }),
  }),
  exported({
    url: '/exports/invoices/{number}/lines',
    operationId: 'exportInvoiceLines',
    summary: 'The lines of an invoice',
    access: READERS,
    params: invoiceNumber,
    query: {},
    sheet: lists.invoiceLines,
    pages: (source, { params }) => lists.sources.invoiceLines(source, params.number),
  }),
  exported({
    url: '/exports/invoices/{number}/lines/{lineKey}/days/{date}',
    operationId: 'exportLineUsage',
    summary: 'The conversations of a line on a day, as they stood when it was issued',
    access: READERS,
    params: lineDay,
    query: { counted: text },
    sheet: lists.usage,
    pages: (source, { params, query }) =>
      lists.sources.usage(source, { number: params.number, contractId: '', month: '', date: params.date, counted: query.counted ?? '' }),
  }),
  exported({
    url: '/exports/accruals',
    operationId: 'exportAccruals',
    summary: 'What a month has come to, every contract',
    access: READERS,
    query: { ...shopIds, month },
    sheet: lists.accruals,
    pages: (source, { query }) => lists.sources.accruals(source, { month: query.month, shopIds: query.shopIds ?? [] }),
  }),
  exported({
    url: '/exports/contracts/{contractId}/usage',
    operationId: 'exportUsage',
    summary: 'The conversations of a month as they stand now',
    access: READERS,
    params: ofContract,
    query: { month, counted: text },
    sheet: lists.usage,
    pages: (source, { params, query }) =>
      lists.sources.usage(source, { number: '', contractId: params.contractId, month: query.month, date: '', counted: query.counted ?? '' }),
  }),
  exported({
    url: '/exports/inspections',
    operationId: 'exportInspections',
    summary: 'Submitted inspections',
    access: EVERYONE,
    query: { ...range, ...shopIds },
    sheet: lists.inspections,
    pages: (source, { query }) =>
      lists.sources.inspections(source, { shopIds: query.shopIds ?? [], range: query.from === undefined && query.to === undefined ? undefined : days(query) }),
  }),
  exported({
    url: '/exports/findings',
    operationId: 'exportFindings',
    summary: 'Findings',
    access: VENDOR,
    query: shopIds,
    sheet: lists.findings,
    pages: (source, { query }) => lists.sources.findings(source, { shopIds: query.shopIds ?? [] }),
  }),
];
