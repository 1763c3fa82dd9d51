// What is said for the refusals from a signed contract to its end. See problem-texts.ts.

export const LAUNCH_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', string>>>> = {
  'contract-not-signed': { zh: '合同 {number} 双方还没有都签署。', en: 'Contract {number} is not signed by both sides yet.' },
  'contract-taken-over': {
    zh: '合同 {number} 接管时已在执行，不用再上线。',
    en: 'Contract {number} was running when it was taken over: there is nothing to bring live.',
  },
  'contract-in-service': {
    zh: '合同 {number} 自 {effectiveOn} 起即在服务，不用再上线。',
    en: 'Contract {number} is served from {effectiveOn} on: there is nothing to bring live.',
  },
  'contract-terminated': {
    zh: '合同已通知终止，不能再做这件事[（{at}，由{actedBy}）]。',
    en: 'Notice was given on this contract: this can no longer be done[ ({at}, by {actedBy})].',
  },
  'trial-failed': {
    zh: '客户已判试用不通过，合作已结束[（{at}，由{actedBy}）]。',
    en: 'The client has judged the trial as failed: the cooperation has ended[ ({at}, by {actedBy})].',
  },
  'service-ended': { zh: '服务已经结束[（{at}，由{actedBy}）]。', en: 'Service has ended[ ({at}, by {actedBy})].' },
  'contract-over': { zh: '合同已于 {endsOn} 到期。', en: 'The contract ran out on {endsOn}.' },
  'agents-away': {
    zh: '现在查不到客服名单（{service} 没有回答），稍后再试。',
    en: "The list of agents can't be read now ({service} did not answer); try again later.",
  },

  // the gates of a go-live
  'not-ready': { zh: '第 {batch} 批还不能上线：', en: "Batch {batch} can't go live yet:" },
  'contract-not-in-force': { zh: '合同 {effectiveOn} 才生效。', en: 'The contract is in force from {effectiveOn} on.' },
  'deposit-missing': { zh: '保证金 {required} 还差 {short}，已收 {received}。', en: '{short} of the {required} deposit is missing; {received} was received.' },
  'training-not-planned': { zh: '{training}还没有安排。', en: '{training} is not planned yet.' },
  'training-not-held': {
    zh: '{training}还没有做[（{topic}，计划 {plannedOn}）]。',
    en: '{training} has not been held yet[ ({topic}, planned for {plannedOn})].',
  },
  'training-unconfirmed': { zh: '{training}“{topic}”还没有得到对方确认。', en: '{training} "{topic}" is not confirmed by the other side yet.' },
  'training-not-passed': { zh: '{training}还没有人通过。', en: 'Nobody has passed {training} yet.' },
  'information-open': { zh: '店铺信息 {of} 项还有 {open} 项没有移交：{items}。', en: '{open} of {of} items of shop information are not handed over: {items}.' },
  'agents-missing': { zh: '已培训客服 {trained} 人，需要 {needed} 人。', en: '{trained} of {needed} agents are trained.' },
  'batch-under-review': {
    zh: '第 {batch} 批正在验收，第 {next} 批要等它通过。',
    en: 'Batch {batch} is under review; batch {next} waits until it is accepted.',
  },
  'batch-in-rework': { zh: '第 {batch} 批正在返工，第 {next} 批要等它通过。', en: 'Batch {batch} is in rework; batch {next} waits until it is accepted.' },
  'batch-not-live': { zh: '第 {batch} 批还没有上线[，第 {next} 批在它之后]。', en: 'Batch {batch} is not live yet[; batch {next} comes after it].' },

  // trainings
  'training-exists': { zh: '这次培训已经安排过。', en: 'This training is planned already.' },
  'training-kind-missing': { zh: '没有选择培训类别。', en: 'The kind of training is missing.' },
  'training-topic-invalid': { zh: '没有写培训主题，或太长。', en: 'The training has no topic, or too long a one.' },
  'training-giver-missing': { zh: '没有写由谁培训。', en: 'Who gives the training is missing.' },
  'training-in-the-future': { zh: '培训还没有到日子，不能记为已做。', en: "A training can't be recorded before its day." },
  'training-minutes-invalid': { zh: '培训时长有误。', en: 'The length of the training is not right.' },
  'training-results-missing': { zh: '没有写谁参加了培训，或人数太多。', en: 'Who took part in the training is missing, or they are too many.' },
  'training-result-invalid': { zh: '培训结果有误。', en: 'A result of the training is not right.' },
  'training-own-record': {
    zh: '{training}是你方记录的，要对方确认[（{at}，由{actedBy}）]。',
    en: 'Your side recorded the {training}: the other side confirms it[ ({at}, by {actedBy})].',
  },
  'training-completed': {
    zh: '这次培训双方已确认，不能再改[（{at}，由{actedBy}）]。',
    en: 'Both sides have confirmed this training; it stays as it is[ ({at}, by {actedBy})].',
  },
  'shop-not-of-contract': { zh: '店铺不在这份合同里。', en: 'The shop is not of this contract.' },

  // the information list
  'information-key-invalid': { zh: '信息项的代号有误。', en: "The item's key is not right." },
  'information-title-invalid': { zh: '没有写信息项的名称，或太长。', en: 'The item has no title, or too long a one.' },
  'information-reason-missing': { zh: '没有写原因，或太长。', en: 'The reason is missing, or too long.' },
  'information-content-missing': { zh: '没有写内容，也没有附文件。', en: 'There is neither a text nor a file.' },
  'information-content-too-long': { zh: '内容太长。', en: 'The content is too long.' },
  'information-not-handed-over': { zh: '“{item}”还没有移交。', en: '"{item}" is not handed over yet.' },
  'too-many-information-items': { zh: '信息项太多。', en: 'There are too many items.' },

  // batches
  'batch-accepted': {
    zh: '第 {batch} 批已验收通过，不能再要求返工[（{at}，由{actedBy}）]。',
    en: "Batch {batch} is accepted; rework can't be asked for any more[ ({at}, by {actedBy})].",
  },
  'batch-not-in-rework': { zh: '第 {batch} 批不在返工。', en: 'Batch {batch} is not in rework.' },
  'rework-reason-missing': { zh: '没有写要返工什么，或太长。', en: 'What is to be done again is missing, or too long.' },
  'rework-note-missing': { zh: '没有写返工做了什么，或太长。', en: 'What was done again is missing, or too long.' },

  // the trial
  'trial-not-started': {
    zh: '合同 {number} 的试用还没有开始：第一批上线才开始。',
    en: 'The trial of contract {number} has not begun: it begins with the first go-live.',
  },
  'trial-decided': { zh: '试用已有结论：{verdict}[（{at}，由{actedBy}）]。', en: 'The trial has a verdict already: {verdict}[ ({at}, by {actedBy})].' },
  'trial-cut-short': {
    zh: '合同在试用结论前已通知终止，不再下结论[（{at}，由{actedBy}）]。',
    en: 'Notice was given before a verdict: there will be none[ ({at}, by {actedBy})].',
  },
  'client-verdict-missing': {
    zh: '试用（到 {endsOn}）还没有客户的结论，没有结论不动钱。',
    en: "The client's verdict on the trial (until {endsOn}) is missing; without it no money moves.",
  },
  'verdict-missing': { zh: '没有选择结论。', en: 'The verdict is missing.' },
  'verdict-reason-missing': { zh: '没有写不通过的原因，或太长。', en: 'Why the trial failed is missing, or too long.' },
  'service-end-in-the-past': { zh: '服务结束时刻不能早于现在。', en: "Service can't end before now." },
  'service-end-too-late': { zh: '服务结束时刻太晚。', en: 'Service would end too late.' },
  'extension-date-invalid': { zh: '延长到哪天有误。', en: 'The day to extend to is not right.' },
  'extension-not-later': { zh: '延长后的最后一天要晚于现在的。', en: 'The new last day must come after the present one.' },
  'extension-too-long': { zh: '试用最长一年。', en: 'A trial lasts a year at most.' },
  'extension-not-proposed': { zh: '没有待同意的延长；试用到 {endsOn}。', en: 'No extension waits for agreement; the trial runs until {endsOn}.' },
  'extension-own-proposal': {
    zh: '延长到 {endsOn} 是你方提出的，要对方同意。',
    en: 'Your side proposed the extension to {endsOn}: the other side agrees to it.',
  },
  'extension-changed': {
    zh: '提议已改为延长到 {endsOn}，请看过再同意[（{at}，由{actedBy}）]。',
    en: 'The proposal has changed to {endsOn}: look at it before you agree[ ({at}, by {actedBy})].',
  },

  // the end
  'terminating-party-missing': { zh: '没有写由哪一方终止。', en: 'Which side gives notice is missing.' },
  'termination-reason-missing': { zh: '没有写终止原因，或太长。', en: 'The reason of the termination is missing, or too long.' },
  'last-service-day-invalid': { zh: '最后服务日有误。', en: 'The last day of service is not right.' },
  'notice-too-short': { zh: '合同约定提前 {noticeDays} 天通知。', en: 'The contract asks for {noticeDays} days of notice.' },
  'after-contract-end': { zh: '最后服务日晚于合同到期日。', en: 'The last day of service comes after the end of the contract.' },
  'handback-not-begun': { zh: '合同 {number} 还没有结束，没有移回清单。', en: 'Contract {number} has not ended: there is nothing to hand back yet.' },
  'handback-signed': {
    zh: '移回清单双方已签署，不能再改[（{at}，由{actedBy}）]。',
    en: 'Both sides have signed the handback; it stays as it is[ ({at}, by {actedBy})].',
  },
  'handback-key-invalid': { zh: '移回项的代号有误。', en: "The item's key is not right." },
  'handback-title-invalid': { zh: '没有写移回项的名称，或太长。', en: 'The item has no title, or too long a one.' },
  'handback-note-missing': { zh: '没有写怎样移回的，或太长。', en: 'How it was handed back is missing, or too long.' },
  'handback-open': { zh: '移回清单还不能签署，没有移回：{items}。', en: "The handback can't be signed yet; not handed back: {items}." },
  'too-many-handback-items': { zh: '移回项太多。', en: 'There are too many items.' },
};
