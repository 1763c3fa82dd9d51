// What is said for the refusals on the way from a lead to a signed contract. See problem-texts.ts.

export const SALES_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', string>>>> = {
  // who agreed for the client
  'evidence-too-long': { zh: '凭据说明太长。', en: 'The note on the evidence is too long.' },
  'evidence-file-missing': { zh: '代客户签署或下结论须附凭据文件。', en: 'Signing or deciding on behalf of the client needs a file as evidence.' },
  'evidence-file-invalid': { zh: '凭据文件有误。', en: 'The files given as evidence are not right.' },
  // leads
  'contact-too-long': { zh: '联系人写得太长。', en: 'The contact is too long.' },
  'lead-source-missing': { zh: '没有写明线索从哪里来。', en: 'It does not say where the lead comes from.' },
  'lead-lost': { zh: '这条线索已结束[（{at}，由{actedBy}）]：{reason}', en: 'This lead was lost[ ({at}, by {actedBy})]: {reason}' },
  'lead-won': { zh: '这条线索的合同已签[（{at}）]。', en: "This lead's contract is signed[ ({at})]." },
  'profile-invalid': { zh: '店铺情况有误：', en: "The shop's profile is not right:" },
  'profile-category-too-long': { zh: '类目写得太长。', en: 'The category is too long.' },
  'profile-headcount-invalid': { zh: '客服人数有误。', en: 'The number of agents is not right.' },
  'profile-inquiries-invalid': { zh: '日均咨询量有误。', en: 'The inquiries a day are not right.' },
  'plan-coverage-missing': { zh: '没有写明外包售前、售后，还是一起。', en: 'The plan does not say whether pre-sale, after-sale or both are outsourced first.' },
  'plan-engagement-missing': { zh: '没有写明长期、短期还是临时。', en: 'The plan does not say for how long.' },
  'note-too-long': { zh: '说明太长。', en: 'The note is too long.' },
  // what a quote needs (BR-001)
  'quote-not-ready': { zh: '还不能报价，缺：', en: "A quote can't be issued yet; missing:" },
  'profile-missing': { zh: '还没有店铺情况。', en: 'No shop is described yet.' },
  'profile-category-missing': { zh: '没有写类目。', en: 'The category is missing.' },
  'profile-headcount-missing': { zh: '没有写现有客服人数。', en: 'The number of agents is missing.' },
  'profile-inquiries-missing': { zh: '没有写日均咨询量。', en: 'The inquiries a day are missing.' },
  'profile-campaigns-missing': { zh: '没有写多久做一次活动。', en: 'How often campaigns are run is missing.' },
  'plan-missing': { zh: '还没有方案。', en: 'There is no plan yet.' },
  // quotes
  'quote-invalid': { zh: '报价有误：', en: 'The quote is not right:' },
  'quote-steps-too-many': { zh: '报价的步骤太多。', en: 'The quote has too many steps.' },
  'quote-step-key-invalid': { zh: '步骤的名称有误。', en: "A step's key is not right." },
  'quote-step-repeated': { zh: '同一步骤写了两次。', en: 'A step is given twice.' },
  'quote-quantity-invalid': { zh: '步骤的数量有误。', en: "A step's quantity is not right." },
  'quote-price-invalid': { zh: '步骤的单价有误。', en: "A step's unit price is not right." },
  'quote-rule-missing': { zh: '步骤没有写明怎么算，或写得太长。', en: 'A step does not say how it is computed, or at too great a length.' },
  'quote-shop-unknown': { zh: '步骤里的店铺不属于这条线索。', en: 'A step names a shop that is not of this lead.' },
  'quote-usage-price-differs': { zh: '按量步骤的单价与报价的单价不同。', en: "A step's price differs from the quoted price of what is counted." },
  'quote-usage-missing': { zh: '有按量的步骤，却没有按量的单价。', en: 'A step is of usage, but no price of what is counted is quoted.' },
  'quote-without-price': { zh: '报价没有价格。', en: 'The quote has no price.' },
  'quote-trial-invalid': { zh: '试用天数有误。', en: 'The days of trial are not right.' },
  'quote-agents-invalid': { zh: '客服人数有误。', en: 'The number of agents is not right.' },
  'quote-valid-until-invalid': { zh: '报价有效期有误。', en: 'The last day of the quote is not right.' },
  'quote-below-zero': { zh: '报价合计不能为负。', en: 'The quote comes to less than zero.' },
  'quote-already-accepted': {
    zh: '第 {version} 版报价已被接受[（{at}，由{actedBy}）]。',
    en: 'Version {version} of the quote was accepted[ ({at}, by {actedBy})].',
  },
  'quote-declined': { zh: '第 {version} 版报价已被拒绝[（{at}，由{actedBy}）]。', en: 'Version {version} of the quote was declined[ ({at}, by {actedBy})].' },
  'quote-expired': {
    zh: '第 {version} 版报价有效至 {until}，已过期；可以请对方再报一次。',
    en: 'Version {version} of the quote was valid until {until} and has expired; ask for another.',
  },
  'quote-replaced': {
    zh: '第 {version} 版报价已由第 {by} 版取代[（{at}）]；请看新的一版。',
    en: 'Version {version} of the quote was replaced by version {by}[ ({at})]; look at that one.',
  },
};
