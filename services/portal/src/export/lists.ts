// The lists that can be taken along, column by column, and how their pages are fetched: the very calls the screens make, in the same order.

import { formatAmount, fromProto } from '@deskfleet/money';
import type { Account } from '@deskfleet/protocol/agents-service';
import { AgentPoolServiceDefinition } from '@deskfleet/protocol/agents-service';
import type { InvoiceLine } from '@deskfleet/protocol/billing';
import { type Accrual, BillingServiceDefinition, type Invoice, type UsageItem } from '@deskfleet/protocol/billing-service';
import type { Money } from '@deskfleet/protocol/common';
import { ConversationServiceDefinition, type ConversationSummary } from '@deskfleet/protocol/conversations-service';
import { type Finding, type Inspection, QaServiceDefinition } from '@deskfleet/protocol/qa-service';
import { type Breach, type Clock, SlaServiceDefinition } from '@deskfleet/protocol/sla-service';
import { toHttp } from '../http/json.ts';
import type { Cell, Column, Kind, Names, Sheet } from './columns.ts';
import type { ListSource } from './source.ts';

const column = <Row>(zh: string, en: string, kind: Kind, of: (row: Row, names: Names) => Cell): Column<Row> => ({ zh, en, kind, of });
const amount = (money: Money | undefined): Cell => (money === undefined || money.currency === '' ? null : formatAmount(fromProto(money)));
/** The kebab-case word of an enum field, as the API says it. */
const wordOf = (message: Parameters<typeof toHttp>[0], field: string): string => String(toHttp(message)[field] ?? '');

const shopColumns = <Row>(shopOf: (row: Row) => string): Column<Row>[] => [
  column('店铺', 'Shop', 'text', (row, names) => names.shop(shopOf(row)).name),
  column('店铺编码', 'Shop code', 'text', (row, names) => names.shop(shopOf(row)).code),
];
const zoneColumn = <Row>(shopOf: (row: Row) => string): Column<Row> => column('时区', 'Time zone', 'text', (row, names) => names.shop(shopOf(row)).zone);
const codesOf = (shopIds: readonly string[], names: Names): string => shopIds.map((id) => names.shop(id).code).join(' ');
const namesOf = (shopIds: readonly string[], names: Names): string => shopIds.map((id) => names.shop(id).name).join('、');

const ofClock = (breach: Breach): string => breach.clock?.shopId ?? '';
export const breaches: Sheet<Breach> = {
  name: { zh: '违约', en: 'Breaches' },
  rule: {
    zh: '按到期时间从新到旧；撤回的也在内，不计为违约。超时 = 用时 - 允许',
    en: 'Newest due first; withdrawn ones are listed and do not count. Overtime = taken - allowed',
  },
  zoneOf: (row) => row.zone,
  columns: [
    column('违约编号', 'Breach', 'text', (row) => row.breachId),
    ...shopColumns(ofClock),
    column('条款', 'Clause', 'text', (row) => row.clock?.clauseKey ?? ''),
    column('到期', 'Due', 'instant', (row) => row.clock?.dueAt ?? 0),
    column('违约于', 'Breached at', 'instant', (row) => row.breachedAt),
    column('得知于', 'Known at', 'instant', (row) => row.knownAt),
    column('超时（秒）', 'Overtime (s)', 'seconds', (row) => (row.withdrawn ? null : row.overtimeMs)),
    column('用时（秒）', 'Taken (s)', 'seconds', (row) => (row.clock === undefined || row.clock.stoppedAt === 0 ? null : row.clock.elapsedMs)),
    column('允许（秒）', 'Allowed (s)', 'seconds', (row) => row.clause?.allowanceMs ?? null),
    column('客服', 'Agent', 'text', (row, names) => names.agent(row.clock?.agent ?? '')),
    column('已撤回', 'Withdrawn', 'flag', (row) => row.withdrawn),
    column('撤回原因', 'Reason', 'text', (row, names) => names.word(row.withdrawnReason)),
    column('会话', 'Conversation', 'text', (row) => row.clock?.conversationId ?? ''),
    column('消息', 'Message', 'text', (row) => row.startMessageId),
    column('时区', 'Time zone', 'text', (row) => row.zone),
  ],
};

export const clocks: Sheet<Clock> = {
  name: { zh: '时钟', en: 'Clocks' },
  rule: { zh: '按开始时间从新到旧；与页面上的数字是同一次查询', en: 'Newest first; the same query as the figure on the page' },
  zoneOf: (row, names) => names.shop(row.shopId).zone,
  columns: [
    column('会话', 'Conversation', 'text', (row) => row.conversationId),
    ...shopColumns<Clock>((row) => row.shopId),
    column('条款', 'Clause', 'text', (row) => row.clauseKey),
    column('轮次', 'Round', 'count', (row) => row.round),
    column('日期', 'Date', 'date', (row) => row.date),
    column('开始', 'Started', 'instant', (row) => row.startedAt),
    column('到期', 'Due', 'instant', (row) => row.dueAt),
    column('停止', 'Stopped', 'instant', (row) => row.stoppedAt),
    column('用时（秒）', 'Taken (s)', 'seconds', (row) => (row.stoppedAt === 0 ? null : row.elapsedMs)),
    column('状态', 'State', 'text', (row, names) => names.word(row.state)),
    column('原因', 'Reason', 'text', (row, names) => names.word(row.reason)),
    column('客服', 'Agent', 'text', (row, names) => names.agent(row.agent)),
    column('违约编号', 'Breach', 'text', (row) => row.breachId),
    zoneColumn<Clock>((row) => row.shopId),
  ],
};

export const conversations: Sheet<ConversationSummary> = {
  name: { zh: '会话', en: 'Conversations' },
  rule: { zh: '按最后一条消息从新到旧；不含消息内容', en: 'Newest first; no message texts' },
  zoneOf: (row, names) => names.shop(row.shopId).zone,
  columns: [
    column('会话', 'Conversation', 'text', (row) => row.conversationId),
    ...shopColumns<ConversationSummary>((row) => row.shopId),
    column('渠道', 'Channel', 'text', (row, names) => names.word(row.channel)),
    column('服务类型', 'Service type', 'text', (row, names) => names.word(wordOf(row, 'serviceType'))),
    column('第一条消息', 'First message', 'instant', (row) => row.firstMessageAt),
    column('最后一条消息', 'Last message', 'instant', (row) => row.lastMessageAt),
    column('消息数', 'Messages', 'count', (row) => row.messages),
    column('最后发言', 'Last speaker', 'text', (row, names) => names.word(wordOf(row, 'lastSender'))),
    zoneColumn<ConversationSummary>((row) => row.shopId),
  ],
};

export const accounts: Sheet<Account> = {
  name: { zh: '账号', en: 'Accounts' },
  rule: { zh: '没有归属的在前；归属按时间', en: 'Those that belong to nobody first; owners in the order of time' },
  zoneOf: (row, names) => names.shop(row.shopId).zone,
  columns: [
    column('账号', 'Account', 'text', (row) => row.account),
    ...shopColumns<Account>((row) => row.shopId),
    column('消息说是', 'Messages say', 'text', (row, names) => names.word(row.sender)),
    column('消息数', 'Messages', 'count', (row) => row.messages),
    column('归属', 'Belongs to', 'text', (row, names) =>
      row.mappings.map((one) => (one.agentId === '' ? names.word(wordOf(one, 'party')) : names.agent(one.agentId))).join('; '),
    ),
    column('第一次出现', 'First seen', 'instant', (row) => row.firstSeenAt),
    column('最后出现', 'Last seen', 'instant', (row) => row.lastSeenAt),
    zoneColumn<Account>((row) => row.shopId),
  ],
};

export const invoices: Sheet<Invoice> = {
  name: { zh: '账单', en: 'Invoices' },
  rule: { zh: '按账单号；金额为开具时的金额', en: 'By number; amounts as issued' },
  zoneOf: (row, names) => names.shop(row.shopIds[0] ?? '').zone,
  columns: [
    column('账单号', 'Number', 'text', (row) => row.number),
    column('月份', 'Period', 'text', (row) => row.period),
    column('合同', 'Contract', 'text', (row) => row.contractNumber),
    column('店铺', 'Shops', 'text', (row, names) => namesOf(row.shopIds, names)),
    column('店铺编码', 'Shop codes', 'text', (row, names) => codesOf(row.shopIds, names)),
    column('计费', 'Charged', 'count', (row) => row.counted),
    column('不计费', 'Not charged', 'count', (row) => row.notCounted),
    column('币种', 'Currency', 'text', (row) => row.currency),
    column('应付', 'Total', 'money', (row) => amount(row.total)),
    column('开具于', 'Issued at', 'instant', (row) => row.issuedAt),
    column('关账后变动', 'Changed since', 'count', (row) => row.notYetAdjusted),
  ],
};

export const invoiceLines: Sheet<InvoiceLine & { readonly invoice: Invoice }> = {
  name: { zh: '账单行', en: 'Invoice lines' },
  rule: { zh: '按账单上的顺序；各行之和等于应付', en: 'In the order of the invoice; the lines sum to its total' },
  zoneOf: (row, names) => names.shop(row.invoice.shopIds[0] ?? '').zone,
  columns: [
    column('账单号', 'Number', 'text', (row) => row.invoice.number),
    column('行', 'Line', 'text', (row) => row.key),
    column('名称', 'Name', 'text', (row, names) => names.word(row.invoiceNumber === '' ? row.key : 'late-fee')),
    column('说明', 'Description', 'text', (row) => row.description),
    column('规则', 'Rule', 'text', (row) => row.rule),
    column('店铺', 'Shop', 'text', (row, names) => (row.shopId === '' ? '' : names.shop(row.shopId).name)),
    column('数量', 'Quantity', 'money', (row) => row.quantity),
    column('单价', 'Unit price', 'text', (row) => row.unitPrice),
    column('币种', 'Currency', 'text', (row) => row.invoice.currency),
    column('金额', 'Amount', 'money', (row) => amount(row.amount)),
  ],
};

export const accruals: Sheet<Accrual> = {
  name: { zh: '账务', en: 'Accruals' },
  rule: { zh: '按合同号；未月结的月份不含抵扣', en: 'By contract number; credits are left out while the month is open' },
  zoneOf: (row, names) => names.shop(row.shopIds[0] ?? '').zone,
  columns: [
    column('合同', 'Contract', 'text', (row) => row.contractNumber),
    column('月份', 'Month', 'text', (row) => row.month),
    column('店铺', 'Shops', 'text', (row, names) => namesOf(row.shopIds, names)),
    column('店铺编码', 'Shop codes', 'text', (row, names) => codesOf(row.shopIds, names)),
    column('计费', 'Charged', 'count', (row) => row.counted),
    column('不计费', 'Not charged', 'count', (row) => row.notCounted),
    column('币种', 'Currency', 'text', (row) => row.currency),
    column('金额', 'Amount', 'money', (row) => amount(row.total)),
    column('账单号', 'Invoice', 'text', (row) => row.invoiceNumber),
  ],
};

export const usage: Sheet<UsageItem> = {
  name: { zh: '会话用量', en: 'Usage' },
  rule: { zh: '按买家第一条消息的时间；金额之和等于账单行', en: 'In the order of the first customer message; amounts sum to the line' },
  zoneOf: (row, names) => names.shop(row.shopId).zone,
  columns: [
    column('会话', 'Conversation', 'text', (row) => row.conversationId),
    ...shopColumns<UsageItem>((row) => row.shopId),
    column('日期', 'Date', 'date', (row) => row.date),
    column('买家第一条消息', 'First customer message', 'instant', (row) => row.firstCustomerAt),
    column('计费', 'Charged', 'flag', (row) => row.counted),
    column('不计费原因', 'Reason', 'text', (row, names) => names.word(row.reason)),
    column('金额', 'Amount', 'money', (row) => amount(row.amount)),
    zoneColumn<UsageItem>((row) => row.shopId),
  ],
};

export const inspections: Sheet<Inspection> = {
  name: { zh: '质检记录', en: 'Inspections' },
  rule: { zh: '按提交时间从新到旧；只含已提交的', en: 'Newest first; submitted ones only' },
  zoneOf: (row, names) => names.shop(row.shopId).zone,
  columns: [
    column('质检', 'Inspection', 'text', (row) => row.assignmentId),
    column('抽样', 'Sample', 'text', (row) => row.sampleId),
    column('会话', 'Conversation', 'text', (row) => row.conversationId),
    ...shopColumns<Inspection>((row) => row.shopId),
    column('客服', 'Agent', 'text', (row, names) => names.agent(row.stratum)),
    column('提交于', 'Scored at', 'instant', (row) => row.scoredAt),
    column('得分', 'Score', 'score', (row) => row.totalTenths),
    column('满分', 'Of', 'score', (row) => row.maxTenths),
    column('致命项', 'Fatal', 'flag', (row) => row.fatal),
    column('问题数', 'Findings', 'count', (row) => row.findings.length),
    column('改分次数', 'Corrections', 'count', (row) => row.corrections.length),
    zoneColumn<Inspection>((row) => row.shopId),
  ],
};

export const findings: Sheet<Finding> = {
  name: { zh: '问题', en: 'Findings' },
  rule: { zh: '按提出时间从新到旧', en: 'Newest first' },
  zoneOf: (row, names) => names.shop(row.shopId).zone,
  columns: [
    column('问题编号', 'Finding', 'text', (row) => row.findingId),
    column('会话', 'Conversation', 'text', (row) => row.conversationId),
    column('消息', 'Message', 'text', (row) => row.messageId),
    ...shopColumns<Finding>((row) => row.shopId),
    column('客服', 'Agent', 'text', (row, names) => names.agent(row.stratum)),
    column('类别', 'Category', 'text', (row, names) => names.word(row.category)),
    column('程度', 'Severity', 'text', (row, names) => names.word(row.severity)),
    column('说明', 'Note', 'text', (row) => row.note),
    column('提出于', 'Raised at', 'instant', (row) => row.raisedAt),
    zoneColumn<Finding>((row) => row.shopId),
  ],
};

/** How each list is fetched, a page at a time. */
export const sources = {
  breaches: (
    { backend, caller, signal }: ListSource,
    query: { contractId: string; clauseKey: string; shopIds: string[]; range: { from: string; to: string } },
  ) => {
    const sla = backend.client('sla-monitoring', SlaServiceDefinition, caller);
    return (token: string) => sla.listBreaches({ ...query, page: { size: 200, token } }, { signal }).then(({ breaches: rows, ...page }) => ({ rows, ...page }));
  },
  clocks: (
    { backend, caller, signal }: ListSource,
    query: { contractId: string; clauseKey: string; shopId: string; states: string[]; range: { from: string; to: string } },
  ) => {
    const sla = backend.client('sla-monitoring', SlaServiceDefinition, caller);
    return (token: string) => sla.listClocks({ ...query, page: { size: 200, token } }, { signal }).then(({ clocks: rows, ...page }) => ({ rows, ...page }));
  },
  conversations: ({ backend, caller, signal }: ListSource, query: { shopIds: string[]; fromAt: number; toAt: number }) => {
    const client = backend.client('conversations', ConversationServiceDefinition, caller);
    return (token: string) =>
      client.listConversations({ ...query, page: { size: 200, token } }, { signal }).then(({ conversations: rows, nextToken }) => ({ rows, nextToken }));
  },
  accounts: ({ backend, caller, signal }: ListSource, query: { shopIds: string[]; unmappedOnly: boolean; agentId: string }) => {
    const agents = backend.client('agent-pools', AgentPoolServiceDefinition, caller);
    return (token: string) =>
      agents.listAccounts({ ...query, page: { size: 200, token } }, { signal }).then(({ accounts: rows, nextToken }) => ({ rows, nextToken }));
  },
  invoices: ({ backend, caller, signal }: ListSource, query: { shopIds: string[] }) => {
    const billing = backend.client('billing', BillingServiceDefinition, caller);
    return (token: string) =>
      billing.listInvoices({ ...query, page: { size: 200, token } }, { signal }).then(({ invoices: rows, nextToken }) => ({ rows, nextToken }));
  },
  invoiceLines: ({ backend, caller, signal }: ListSource, number: string) => {
    const billing = backend.client('billing', BillingServiceDefinition, caller);
    return async () => {
      const invoice = await billing.getInvoice({ number }, { signal });
      return { rows: invoice.lines.map((line) => ({ ...line, invoice })), nextToken: '' };
    };
  },
  accruals: ({ backend, caller, signal }: ListSource, query: { month: string; shopIds: string[] }) => {
    const billing = backend.client('billing', BillingServiceDefinition, caller);
    return (token: string) =>
      billing.listAccruals({ ...query, page: { size: 50, token } }, { signal }).then(({ accruals: rows, nextToken }) => ({ rows, nextToken }));
  },
  usage: ({ backend, caller, signal }: ListSource, query: { number: string; contractId: string; month: string; date: string; counted: string }) => {
    const billing = backend.client('billing', BillingServiceDefinition, caller);
    return (token: string) =>
      billing.listUsage({ ...query, page: { size: 200, token } }, { signal }).then(({ items: rows, nextToken, total }) => ({ rows, nextToken, total }));
  },
  inspections: ({ backend, caller, signal }: ListSource, query: { shopIds: string[]; range: { from: string; to: string } | undefined }) => {
    const qa = backend.client('qa-inspection', QaServiceDefinition, caller);
    return (token: string) =>
      qa.listInspections({ ...query, page: { size: 200, token } }, { signal }).then(({ inspections: rows, nextToken, total }) => ({ rows, nextToken, total }));
  },
  findings: ({ backend, caller, signal }: ListSource, query: { shopIds: string[] }) => {
    const qa = backend.client('qa-inspection', QaServiceDefinition, caller);
    return (token: string) =>
      qa.listFindings({ ...query, page: { size: 200, token } }, { signal }).then(({ findings: rows, nextToken }) => ({ rows, nextToken }));
  },
};
