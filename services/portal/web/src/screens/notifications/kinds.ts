// What each kind of notification says, from its facts, in both languages.
import type { Locale } from '../../words/words.ts';

/** Facts in the reader's words: amounts, dates and instants formatted, codes said. */
export interface Told {
  text: (name: string) => string;
  money: () => string;
  day: (name: string) => string;
  month: (name: string) => string;
  /** An instant. */
  at: (name: string) => string;
  number: (name: string) => number;
  yes: (name: string) => boolean;
  /** What another kind says, by its name. */
  deed: (name: string) => string;
}

type Say = (told: Told) => string;

const because = (told: Told, locale: Locale): string =>
  told.text('reason') === '' ? '' : locale === 'zh' ? `：${told.text('reason')}` : `: ${told.text('reason')}`;
const overdue = (told: Told, zh: boolean): string => {
  const left = told.number('daysLeft');
  if (zh) return left >= 0 ? `还有 ${left} 天` : `已过 ${-left} 天`;
  return left >= 0 ? `${left} days left` : `${-left} days over`;
};

const zh: Readonly<Record<string, Say>> = {
  'quote-issued': (told) => `报价第 ${told.text('version')} 版，${told.day('validUntil')}前请答复`,
  'quote-accepted': () => '客户接受了报价',
  'quote-declined': (told) => `客户没有接受报价${told.yes('anotherWanted') ? '，想要另一份' : ''}${because(told, 'zh')}`,
  'quote-expired': () => '报价过期了',
  'contract-offered': () => '合同可以签了',
  'contract-offer-withdrawn': (told) => `合同退回修改，已签的作废${because(told, 'zh')}`,
  'contract-party-signed': () => '对方已签合同',
  'contract-signed': (told) => `合同 ${told.text('number')} 双方已签`,
  'training-to-confirm': () => '对方登记了一次培训，请确认',
  'training-confirmed': () => '对方确认了培训',
  'training-completed': (told) => `培训完成，${told.text('passed')}/${told.text('of')} 人通过`,
  'information-handed-over': () => '客户交来店铺信息',
  'information-reopened': (told) => `店铺信息要重新提供${because(told, 'zh')}`,
  'batch-live': (told) => `第 ${told.text('batch')} 批已上线，请看实际接待再验收`,
  'batch-accepted': () => '客户验收了一批移交',
  'batch-rework': (told) => `客户要求返工${because(told, 'zh')}`,
  'batch-reworked': () => '返工已做，请再验收',
  'trial-started': (told) => `试用开始，到 ${told.day('endsOn')}`,
  'trial-extension-proposed': (told) => `对方提议试用延到 ${told.day('endsOn')}，请答复`,
  'trial-extended': (told) => `试用延到 ${told.day('endsOn')}`,
  'trial-verdict-due': (told) => `试用 ${told.day('endsOn')} 结束（${overdue(told, true)}），等客户给出结论`,
  'trial-passed': (told) => `试用通过，保证金抵入 ${told.month('month')} 账单`,
  'trial-failed': (told) => `试用未通过，服务到 ${told.at('serviceEndsAt')}${because(told, 'zh')}`,
  'contract-terminated': (told) => `合同终止，服务到 ${told.at('serviceEndsAt')}${because(told, 'zh')}`,
  'handback-listed': (told) => `交还清单 ${told.text('items')} 项，双方要签`,
  'handback-signed': () => '对方已签交还清单',
  'contract-expiring': (told) => `合同 ${told.day('endsOn')} 到期，${overdue(told, true)}`,
  'question-asked': () => '客服有一个关于店铺的问题等您回答',
  'question-answered': () => '店主回答了问题',
  'supervision-checked': (told) => `客户监督检查，${told.text('weaknesses')} 处不足`,
  'remedy-proposed': (told) => `对方提出改进办法，期限 ${told.day('dueOn')}，请答复`,
  'remedy-agreed': () => '对方同意改进办法',
  'remedy-done': (told) => `改进已于 ${told.day('doneOn')} 完成`,
  'suggestion-made': () => '对方提了一条建议，请答复',
  'suggestion-replied': (told) => (told.yes('adopted') ? '建议已采纳' : `建议未采纳${because(told, 'zh')}`),
  'meeting-held': (told) => `${told.day('heldOn')} 开了沟通会，${told.text('actions')} 项要办`,
  'meeting-missed': (told) => `${told.month('month')} 没有开经理级沟通会`,
  reminded: (told) => `服务商提醒您：${told.deed('what')}${told.text('note') === '' ? '' : `（${told.text('note')}）`}`,
  'deposit-requested': (told) => `应收保证金 ${told.money()}`,
  'deposit-received': (told) => `收到保证金 ${told.money()}，${told.yes('complete') ? '已收齐' : '还没有收齐'}`,
  'deposit-applied': (told) => `保证金 ${told.money()} 抵入账单`,
  'deposit-kept': (told) => `保证金中 ${told.money()} 用于试用期未付的费用`,
  'refund-owed': (told) => `应退保证金 ${told.money()}`,
  refunded: (told) => `已退保证金 ${told.money()}（${told.day('paidOn')}）`,
  'credit-granted': (told) => `未用完的保证金 ${told.money()} 转为余额`,
  'credit-paid-out': (told) => `余额 ${told.money()} 已付出（${told.day('paidOn')}）`,
  'invoice-issued': (told) => `${told.month('month')} 账单 ${told.text('number')}，${told.money()}`,
  'invoice-due': (told) => `账单应于 ${told.day('dueOn')} 前付`,
  'invoice-settled': (told) => `账单收到 ${told.money()}`,
  shortfall: (told) => `在线客服 ${told.text('online')}/${told.text('contracted')}，自 ${told.at('since')} 不足`,
  'done-on-behalf': (told) => `服务商代您记录：${told.deed('what')}。凭据：${told.text('evidence')}`,
};

const en: Readonly<Record<string, Say>> = {
  'quote-issued': (told) => `Quote version ${told.text('version')}: please answer by ${told.day('validUntil')}`,
  'quote-accepted': () => 'The client accepted the quote',
  'quote-declined': (told) => `The client declined the quote${told.yes('anotherWanted') ? ' and wants another' : ''}${because(told, 'en')}`,
  'quote-expired': () => 'The quote expired',
  'contract-offered': () => 'The contract is ready to sign',
  'contract-offer-withdrawn': (told) => `The contract went back to a draft; signatures are void${because(told, 'en')}`,
  'contract-party-signed': () => 'The other side signed the contract',
  'contract-signed': (told) => `Contract ${told.text('number')} is signed by both sides`,
  'training-to-confirm': () => 'The other side recorded a training: please confirm it',
  'training-confirmed': () => 'The other side confirmed the training',
  'training-completed': (told) => `Training completed: ${told.text('passed')} of ${told.text('of')} passed`,
  'information-handed-over': () => 'The client handed over shop information',
  'information-reopened': (told) => `Shop information is needed again${because(told, 'en')}`,
  'batch-live': (told) => `Batch ${told.text('batch')} is live: please judge the work and accept it`,
  'batch-accepted': () => 'The client accepted a batch',
  'batch-rework': (told) => `The client asks for rework${because(told, 'en')}`,
  'batch-reworked': () => 'The rework is done: please judge it again',
  'trial-started': (told) => `The trial began and runs to ${told.day('endsOn')}`,
  'trial-extension-proposed': (told) => `The other side proposes to extend the trial to ${told.day('endsOn')}: please answer`,
  'trial-extended': (told) => `The trial runs to ${told.day('endsOn')}`,
  'trial-verdict-due': (told) => `The trial ends on ${told.day('endsOn')} (${overdue(told, false)}): the client's verdict is due`,
  'trial-passed': (told) => `The trial was passed; the deposit is set against the ${told.month('month')} invoice`,
  'trial-failed': (told) => `The trial failed; service ends ${told.at('serviceEndsAt')}${because(told, 'en')}`,
  'contract-terminated': (told) => `The contract was terminated; service ends ${told.at('serviceEndsAt')}${because(told, 'en')}`,
  'handback-listed': (told) => `Handback list of ${told.text('items')} items for both sides to sign`,
  'handback-signed': () => 'The other side signed the handback list',
  'contract-expiring': (told) => `The contract ends on ${told.day('endsOn')}: ${overdue(told, false)}`,
  'question-asked': () => 'The agents ask something about your shop',
  'question-answered': () => 'The owner answered a question',
  'supervision-checked': (told) => `The client checked our work: ${told.text('weaknesses')} weaknesses`,
  'remedy-proposed': (told) => `The other side proposes a remedy, due ${told.day('dueOn')}: please answer`,
  'remedy-agreed': () => 'The other side agreed to the remedy',
  'remedy-done': (told) => `The remedy was done on ${told.day('doneOn')}`,
  'suggestion-made': () => 'The other side made a suggestion: please answer',
  'suggestion-replied': (told) => (told.yes('adopted') ? 'The suggestion was adopted' : `The suggestion was declined${because(told, 'en')}`),
  'meeting-held': (told) => `A meeting was held on ${told.day('heldOn')}: ${told.text('actions')} actions`,
  'meeting-missed': (told) => `No meeting of manager level was held in ${told.month('month')}`,
  reminded: (told) => `Your vendor reminds you: ${told.deed('what')}${told.text('note') === '' ? '' : ` (${told.text('note')})`}`,
  'deposit-requested': (told) => `A deposit of ${told.money()} is due`,
  'deposit-received': (told) => `${told.money()} of the deposit came in; ${told.yes('complete') ? 'it is complete' : 'it is not complete yet'}`,
  'deposit-applied': (told) => `${told.money()} of the deposit was set against an invoice`,
  'deposit-kept': (told) => `${told.money()} of the deposit settles unpaid fees of the trial`,
  'refund-owed': (told) => `${told.money()} of the deposit is owed back`,
  refunded: (told) => `${told.money()} of the deposit was paid back (${told.day('paidOn')})`,
  'credit-granted': (told) => `${told.money()} of the deposit was not used and is now credit`,
  'credit-paid-out': (told) => `${told.money()} of credit was paid out (${told.day('paidOn')})`,
  'invoice-issued': (told) => `Invoice ${told.text('number')} for ${told.month('month')}: ${told.money()}`,
  'invoice-due': (told) => `An invoice is due by ${told.day('dueOn')}`,
  'invoice-settled': (told) => `${told.money()} was received for an invoice`,
  shortfall: (told) => `${told.text('online')} of ${told.text('contracted')} agents online, since ${told.at('since')}`,
  'done-on-behalf': (told) => `Recorded by your vendor in your name: ${told.deed('what')}. Evidence: ${told.text('evidence')}`,
};

export const SAID: Readonly<Record<Locale, Readonly<Record<string, Say>>>> = { zh, en };
