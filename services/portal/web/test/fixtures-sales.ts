// A lead in the middle of its way, a draft that lacks terms and a contract out for signature.
import type { components } from '../src/api/schema.d.ts';
import { contracts } from './fixtures.ts';

type Schemas = components['schemas'];
const NOW = Date.now();
const DAY = 86_400_000;
const cny = (amount: string) => ({ currency: 'CNY', amount });

const profile: Schemas['ShopProfile'] = {
  shopId: 'sh_baby',
  code: 'tm-baby',
  name: '母婴旗舰',
  platform: 'tmall',
  category: '母婴',
  agentHeadcount: 5,
  averageInquiries: 300,
  campaigns: 'monthly',
};

const step = (key: string, quantity: string, unitPrice: string, amount: string, rule: string, ofUsage = false): Schemas['QuoteStep'] => ({
  key,
  quantity,
  unitPrice,
  amount: cny(amount),
  rule,
  shopId: '',
  ofUsage,
  suggested: rule === '',
});

const quote = (version: number, price: string, fee: string, estimate: string): Schemas['Quote'] => ({
  quoteId: `qt_1-${version}`,
  version,
  steps: [
    step('agents', '5', price, fee.replace('500.00', '000.00'), ''),
    step('campaigns', '1', '500.00', '500.00', '每月活动 1 次'),
    step('inquiries', '9000', '0.60', '5400.00', '', true),
  ],
  monthlyFee: cny(fee),
  usage: { unit: 'conversation', exclusions: ['bot-only'], unitPrice: '0.60', included: 0 },
  deposit: cny('6000.00'),
  trialDays: 15,
  agents: 5,
  validUntil: '2026-12-31',
  expiresAt: NOW + 30 * DAY,
  note: version === 1 ? '' : '按长期合作下调单价',
  estimate: cny(estimate),
  zone: 'Asia/Shanghai',
  profiles: [profile],
  coverage: 'together',
  engagement: 'long',
  separated: false,
});

const lead: Schemas['Lead'] = {
  leadId: 'ld_1',
  clientId: 'cl_1',
  clientName: '禾苗母婴有限公司',
  source: 'telesales',
  contact: '王店主 138 0000 0000',
  state: 'quoted',
  openedAt: NOW - 9 * DAY,
  since: NOW - 2 * DAY,
  waitsFor: 'client',
  profiles: [profile],
  plan: { coverage: 'together', engagement: 'long', separated: false, note: '先做旗舰店' },
  missing: [],
  quotes: [
    { quote: quote(2, '1200.00', '6500.00', '11900.00'), state: 'open', issuedAt: NOW - 2 * DAY, decidedAt: 0, reason: '', anotherWanted: false },
    {
      quote: quote(1, '1300.00', '7000.00', '12400.00'),
      state: 'declined',
      issuedAt: NOW - 5 * DAY,
      decidedAt: NOW - 3 * DAY,
      consent: { decidedBy: 'client', userId: 'us_9', evidence: '', fileIds: [] },
      reason: '单价高了',
      anotherWanted: true,
    },
  ],
  suggestedSteps: [step('agents', '5', '', '0', ''), step('campaigns', '1', '', '0', ''), step('inquiries', '9000', '', '0', '', true)],
  lostReason: '',
  contractId: '',
};

const newLead: Schemas['Lead'] = {
  ...lead,
  leadId: 'ld_2',
  clientName: '云上零食',
  state: 'open',
  waitsFor: 'vendor-operations',
  since: NOW - 9 * DAY,
  profiles: [{ ...profile, shopId: 'sh_snack', code: 'pdd-7', name: '山野零食', category: '' }],
  missing: [
    { code: 'profile-category-missing', shopId: 'sh_snack', field: 'profiles.pdd-7.category' },
    { code: 'plan-missing', shopId: '', field: 'plan' },
  ],
  quotes: [],
  suggestedSteps: [step('agents', '5', '', '0', ''), step('inquiries', '9000', '', '0', '', true)],
};
delete newLead.plan;

const base = contracts[0];
if (base === undefined) throw new Error('the fixtures have a contract');
const terms = base.terms;
if (terms === undefined) throw new Error('the contract has terms');

const draft: Schemas['ContractDraft'] = {
  contractId: 'ct_draft',
  number: 'C-0142',
  clientId: 'cl_1',
  clientName: '禾苗母婴有限公司',
  shops: base.shops,
  terms,
  state: 'draft',
  revision: 2,
  since: NOW - DAY,
  leadId: 'ld_1',
  templateId: '',
  succeedsContractId: '',
  textHash: '',
  signatures: [],
  reason: '',
  withdrawnBy: 'unspecified',
  problems: [
    { code: 'effective-on-invalid', field: 'terms.effectiveOn', expected: 'a date' },
    { code: 'staffing-missing', field: 'terms.staffing', expected: 'how many agents, by level' },
    { code: 'quality-standard-missing', field: 'terms.qualityStandard', expected: 'the quality that is asked for, in words' },
  ],
};

const offered: Schemas['ContractDraft'] = {
  ...draft,
  contractId: 'ct_offered',
  state: 'offered',
  problems: [],
  textHash: 'a09f179c122043535a5c6b15006ea52274b3c5b2f1a0f41440a8348780ddabad',
  signatures: [{ party: 'vendor', userId: 'us_1', textHash: 'a09f', signedAt: NOW - 3_600_000 }],
};

const text = {
  textHash: offered.textHash,
  text: [
    '客服外包合同 C-0142',
    'Customer service contract C-0142',
    '',
    '1. 甲方（客户）：禾苗母婴有限公司。乙方（服务商）：远帆客服。',
    '   Client: 禾苗母婴有限公司. Vendor: 远帆客服.',
    '2. 服务时间：每天 09:00 至次日 02:00。',
    '   Service hours: every day 09:00 to 02:00 of the next day.',
    '3. 滞纳金：未约定。',
    '   Late fee: none agreed.',
  ].join('\n'),
};

/** What the portal answers of them. */
export const salesRoutes: readonly (readonly [RegExp, (match: RegExpExecArray) => unknown])[] = [
  [/^\/leads$/, () => ({ leads: [newLead, lead], nextToken: '', total: 2 })],
  [/^\/leads\/ld_1$/, () => lead],
  [/^\/leads\/ld_2$/, () => newLead],
  [/^\/quotes\/qt_1-\d$/, () => lead],
  [/^\/contract-templates$/, () => ({ templates: [{ templateId: 'tp_1', name: '年度标准', terms, savedAt: NOW }] })],
  [/^\/contract-drafts\/check$/, () => ({ problems: draft.problems })],
  [/^\/contract-drafts\/ct_draft$/, () => draft],
  [/^\/contract-drafts\/ct_offered$/, () => offered],
  [/^\/contracts\/ct_offered\/text$/, () => text],
];
