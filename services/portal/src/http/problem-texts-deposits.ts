// What is said for the refusals of deposits, payments and credit. See problem-texts.ts.

export const DEPOSIT_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', string>>>> = {
  'deposit-not-agreed': { zh: '这份合同没有约定保证金。', en: 'No deposit was agreed in this contract.' },
  'deposit-already-requested': { zh: '保证金已经按 {required} 要求支付。', en: 'The deposit was already asked for: {required}.' },
  'deposit-already-routed': {
    zh: '保证金的去向已定（{by}[，{month}]），不能再改。',
    en: 'Where the deposit goes is already decided ({by}[, {month}]); it cannot go another way.',
  },
  'deposit-not-routed': { zh: '还没有结论，保证金不能动。', en: 'There is no verdict yet: the deposit cannot move.' },
  'deposit-set-off': { zh: '保证金已抵入 {month} 账单，不能再退。', en: 'The deposit went into the invoice of {month}; it can’t also be refunded.' },
  'not-set-aside': { zh: '这份合同没有搁置的步骤，不用再试。', en: 'Nothing of this contract is set aside: there is nothing to try again.' },
  'amount-not-positive': { zh: '金额必须大于零。', en: 'The amount must be more than zero.' },
  'amount-missing': { zh: '没有写金额。', en: 'The amount is missing.' },
  'currency-differs': { zh: '币种与合同不同。', en: 'The currency is not the contract’s.' },
  'refund-exceeds-owed': { zh: '退款超过应退的金额。', en: 'The payout is more than what is owed back.' },
  'credit-exceeded': { zh: '超过客户的余额。', en: 'That is more than the client’s credit.' },
  'payment-exceeds-open': { zh: '付款超过账单未付的金额。', en: 'The payment is more than what the invoice still asks for.' },
  'reference-invalid': { zh: '编号或附言的长度不对。', en: 'The number or the reference has the wrong length.' },
  'date-ahead': { zh: '日期还没有到。', en: 'The date has not come yet.' },
};
