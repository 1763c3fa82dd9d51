// What is said for each refusal code, here and of every service: what is not so, the fact, the next step. {name} is the fact of that name; what
// stands in [...] is said where its facts are there. A code without words here fails a test (tests/words).

import { CARE_TEXTS } from './problem-texts-care.ts';
import { DEPOSIT_TEXTS } from './problem-texts-deposits.ts';
import { LAUNCH_TEXTS } from './problem-texts-launch.ts';
import { SALES_TEXTS } from './problem-texts-sales.ts';

type Texts = Readonly<Record<string, Readonly<Record<'zh' | 'en', string>>>>;

/** Facts that are roles, in words. */
export const ROLES: Texts = {
  'vendor-operations': { zh: '运营', en: 'vendor operations' },
  'team-lead': { zh: '客服主管', en: 'team lead' },
  'qa-inspector': { zh: '质检员', en: 'QA inspector' },
  finance: { zh: '财务', en: 'finance' },
  client: { zh: '客户', en: 'client' },
};

/** Facts that are verdicts, in words. */
export const VERDICTS: Texts = {
  passed: { zh: '通过', en: 'passed' },
  failed: { zh: '不通过', en: 'failed' },
};

/** Where a deposit goes. */
export const DEPOSIT_WAYS: Texts = {
  invoice: { zh: '抵入账单', en: 'set against an invoice' },
  refund: { zh: '结算退还', en: 'settled and refunded' },
};

/** What holds a month open. */
export const HOLDING: Texts = {
  'month-not-ended': { zh: '还没有结束', en: 'has not ended' },
  'clocks-not-yet-due': { zh: '还有计时未到期', en: 'has clocks not yet due' },
};

export const TEXTS: Texts = {
  'not-signed-in': { zh: '需要登录。', en: 'Sign in first.' },
  'not-found': { zh: '没有这个页面，或你无权查看。', en: "This doesn't exist, or isn't yours to see." },
  'not-allowed': { zh: '你的角色不能做这件事。[由{allowed}来做。]', en: "Your role can't do this.[ It is for {allowed}.]" },
  'no-access': { zh: '你已登录，但还没有人给你开通权限。', en: 'You are signed in, but nobody has given you access yet.' },
  'cross-site': { zh: '请求来自别的网站，未执行。', en: 'The request came from another site and was not carried out.' },
  'bad-input': { zh: '输入有误。', en: 'The input is not right.' },
  'bad-request': { zh: '请求无法理解：{reason}', en: "The request can't be understood: {reason}" },
  'body-too-large': { zh: '内容超过上限。', en: 'The content is larger than allowed.' },
  'media-type-not-supported': { zh: '不支持这种内容类型。', en: 'This kind of content is not taken here.' },
  'too-many-requests': { zh: '请求过于频繁，稍后再试。', en: 'Too many requests; come again later.' },
  overloaded: { zh: '现在太忙，稍后再试。', en: 'Too busy now; come again later.' },
  'service-away': { zh: '相关服务暂时不可用，稍后再试。', en: 'A service is away for the moment; come again.' },
  'too-slow': { zh: '未能及时得到结果，稍后再试。', en: 'The answer did not come in time; come again.' },
  'sign-in-expired': { zh: '登录已过期，请重新登录。', en: 'This sign-in has expired; begin again.' },
  'sign-in-failed': { zh: '登录没有成功[（{reason}）]，请重试。', en: 'The sign-in did not succeed[ ({reason})]; try again.' },
  'sign-in-away': { zh: '登录服务暂时不可用（{reason}），稍后再试。', en: 'The identity provider is away for the moment ({reason}); come again.' },
  busy: { zh: '同一对象正被多人修改，稍后再试。', en: 'Too many are changing the same thing at once; come again.' },
  'page-size-invalid': { zh: '一页的行数有误。', en: 'The number of rows a page is not right.' },
  'page-token-invalid': { zh: '续页标记不能用；从第一页重新取。', en: 'The page token can not be used; begin with the first page.' },
  'date-invalid': { zh: '日期有误。', en: 'A date is not right.' },
  'state-invalid': { zh: '没有这种状态。', en: 'There is no such state.' },
  'log-unknown': { zh: '没有这个日志。', en: 'There is no such log.' },
  fault: { zh: '这里出了问题，已记录。', en: 'Something went wrong here; it has been recorded.' },
  'command-id-reused': { zh: '同一个 Idempotency-Key 已用于别的内容。', en: 'This Idempotency-Key was used before with other content.' },
  'command-id-missing': { zh: '请求没有编号，或太长。', en: 'The command has no id, or too long a one.' },
  'vendor-missing': { zh: '请求没有说明属于哪个服务商。', en: 'The call does not say which vendor it acts in.' },
  'file-empty': { zh: '文件是空的。', en: 'The file is empty.' },
  'file-type-not-kept': { zh: '不保存这种文件。', en: 'This kind of file is not kept.' },
  'file-content-differs': { zh: '文件内容与它的类型不符。', en: 'The file is not what its type says.' },
  'file-unknown': { zh: '没有这个文件，或你无权查看；请先上传。', en: "There is no such file, or it isn't yours to see; upload it first." },
  'too-many-webhooks': { zh: '最多 {limit} 个接收地址；先停用一个。', en: 'There can be {limit} webhooks at most; remove one first.' },
  'webhook-removed': { zh: '这个接收地址已停用。', en: 'This webhook was removed.' },
  'webhook-not-allowed': {
    zh: '通知的接收地址由能代表客户确认、且能看到全部店铺的人来设置。',
    en: "A client's webhook is set by a user who may agree for the client and sees all of its shops.",
  },
  'signature-missing': { zh: '请求没有签名。', en: 'The call is not signed.' },
  'timestamp-missing': { zh: '请求没有时间戳。', en: 'The call has no timestamp.' },
  'timestamp-too-old': { zh: '时间戳与现在相差超过 5 分钟。', en: 'The timestamp is more than 5 minutes from now.' },
  'signature-invalid': { zh: '签名不符。', en: 'The signature does not match.' },
  'client-missing': { zh: '客户用户必须属于一个客户。', en: 'A client user belongs to a client: name it.' },
  'client-not-allowed': { zh: '只有客户角色才属于客户。', en: 'Only the role client belongs to a client.' },
  'invitation-expired': { zh: '邀请链接已过期，请对方重新发送。', en: 'The invitation has expired; ask for a new one.' },
  'invitation-used': { zh: '邀请链接已使用或已撤回。', en: 'The invitation was used or withdrawn.' },
  'invitation-for-another-person': { zh: '这个邀请是给另一个人的。', en: 'This invitation is for another person.' },
  'invitation-needs-sign-in': { zh: '先登录，再接受邀请。', en: 'Sign in first, then accept the invitation.' },
  'login-taken': { zh: '登录名“{login}”已被使用。', en: 'The sign-in name "{login}" is taken.' },
  'own-access': { zh: '不能撤销自己的权限。', en: "One can't withdraw one's own access." },
  'import-finished': { zh: '这次导入已结束。', en: 'This import is finished.' },

  // operations
  'rebuild-running': {
    zh: '“{name}”已有一份在建（第 {build} 份），先等它完成或放弃它。',
    en: '"{name}" is being rebuilt already (build {build}); wait for it or give it up.',
  },
  'too-many-rebuilds': { zh: '同时最多重建 {limit} 个，先等一个完成。', en: 'At most {limit} are rebuilt at once; wait for one to finish.' },
  'projection-not-rebuildable': {
    zh: '“{name}”与别的共用表，不能在旁边另建。',
    en: '"{name}" writes tables that it shares, so it can not be built beside itself.',
  },
  'projection-is-live': { zh: '“{name}”这一份正在用，先换上另一份再删。', en: 'This build of "{name}" is live; swap in another one before it is dropped.' },
  'projection-version-without-code': {
    zh: '现在运行的程序没有“{name}”的版本 {version}。发布带它的程序，它会从 {position} 接着建，追上后换上。',
    en: 'The code that runs does not hold version {version} of "{name}". Start the release that does: it goes on from {position} and is swapped in when it has caught up.',
  },

  // client-onboarding
  'terms-invalid': { zh: '合同还不能签：', en: "The contract can't be signed yet:" },
  'terms-missing': { zh: '没有合同条款。', en: 'The terms are missing.' },
  'service-window-missing': { zh: '没有写明服务时间。', en: 'The terms do not say which hours are served.' },
  'service-window-invalid': { zh: '服务时间有误。', en: 'A service window is not right.' },
  'holiday-calendar-missing': { zh: '服务时间提到节假日，却没有写明按哪个日历。', en: 'A service window speaks of holidays, but no calendar is named.' },
  'holiday-calendar-unknown': { zh: '没有这个节假日日历。', en: 'There is no such holiday calendar.' },
  'counting-unit-missing': { zh: '没有写明按什么计数。', en: 'The terms do not say what is counted.' },
  'counting-unit-order-unsupported': { zh: '还不能按订单计数。', en: 'Orders can not be counted yet.' },
  'exclusions-missing': { zh: '没有写明哪些不计费。', en: 'The terms do not say what is not counted.' },
  'exclusion-unknown': { zh: '没有这种不计费的情形。', en: 'There is no such exclusion.' },
  'exclusions-contradictory': { zh: '不计费的情形互相矛盾。', en: 'The exclusions contradict each other.' },
  'unit-price-invalid': { zh: '单价有误。', en: 'The unit price is not right.' },
  'included-negative': { zh: '包含的数量不能为负。', en: 'The included volume can not be negative.' },
  'amount-negative': { zh: '金额不能为负。', en: 'An amount can not be negative.' },
  'amount-in-other-currency': { zh: '金额的币种与合同不同。', en: "An amount is not in the contract's currency." },
  'currency-unknown': { zh: '没有这个币种。', en: 'There is no such currency.' },
  'zone-unknown': { zh: '没有这个时区。', en: 'There is no such time zone.' },
  'scope-unknown': { zh: '没有这种服务范围。', en: 'There is no such scope of service.' },
  'effective-on-invalid': { zh: '生效日期有误。', en: 'The first day is not a date.' },
  'ends-on-invalid': { zh: '终止日期有误。', en: 'The last day is not a date.' },
  'ends-before-it-begins': { zh: '合同在生效之前就终止了。', en: 'The contract ends before it begins.' },
  'signed-on-invalid': { zh: '签订日期有误。', en: 'The day of signing is not a date.' },
  'signed-on-in-the-future': { zh: '签订日期还没有到。', en: 'The day of signing lies ahead.' },
  'contract-number-invalid': { zh: '合同号有误。', en: 'The contract number is not right.' },
  'shops-missing': { zh: '合同没有写明店铺。', en: 'The contract names no shop.' },
  'shop-repeated': { zh: '同一个店铺写了两次。', en: 'A shop is named twice.' },
  'imported-from-missing': { zh: '没有写明合同从哪里接管。', en: 'It does not say where the contract comes from.' },
  'consent-missing': { zh: '没有写明客户是谁同意的。', en: 'It does not say who agreed for the client.' },
  'consent-not-by-client': { zh: '只有客户本人能以客户身份同意。', en: "Only the client's own user agrees as the client." },
  'evidence-missing': { zh: '代客户同意须附凭据。', en: 'Agreeing on behalf of the client needs evidence.' },
  'clause-key-repeated': { zh: '两条 SLA 条款同名。', en: 'Two clauses have the same key.' },
  'clause-key-invalid': { zh: 'SLA 条款的名称有误。', en: "A clause's key is not right." },
  'clause-metric-missing': { zh: 'SLA 条款没有写明考核什么。', en: 'A clause does not say what it measures.' },
  'clause-metric-version-unknown': { zh: '没有这个版本的考核口径。', en: 'There is no such version of the metric.' },
  'clause-allowance-invalid': { zh: 'SLA 条款的时限有误。', en: "A clause's allowance is not right." },
  'clause-target-invalid': { zh: 'SLA 条款的目标有误。', en: "A clause's target is not right." },
  'clause-clock-missing': { zh: 'SLA 条款没有写明怎么计时。', en: 'A clause does not say how its clock runs.' },
  'credit-base-missing': { zh: '没有写明按什么费用抵扣。', en: 'A credit does not say which fee it is of.' },
  'credit-base-not-agreed': { zh: '抵扣所按的费用没有约定。', en: 'A credit is of a fee that is not agreed.' },
  'credit-rate-invalid': { zh: '抵扣的比例有误。', en: "A credit's rate is not right." },
  'contract-overlaps': {
    zh: '店铺 {code} 在这段时间已有合同：{from} 起[，至 {to}]。',
    en: 'Shop {code} already has a contract in that time: from {from}[ to {to}].',
  },
  'contract-number-taken': { zh: '合同号 {number} 已用于另一份合同。', en: 'The contract number {number} is used by another contract.' },
  'shop-code-taken': { zh: '店铺编号 {code} 已被“{name}”（{platform}）使用。', en: 'The shop code {code} is taken by "{name}" ({platform}).' },
  'shop-code-invalid': { zh: '店铺编号不能用。', en: 'The shop code can not be used.' },
  'shop-name-missing': { zh: '没有写店铺名称，或名称太长。', en: 'The shop has no name, or too long a one.' },
  'shop-platform-missing': { zh: '没有写店铺在哪个平台。', en: 'It does not say which platform the shop is on.' },
  'shop-of-another-client': { zh: '店铺 {code} 属于另一个客户。', en: 'Shop {code} belongs to another client.' },
  'client-already-registered': { zh: '这个客户已登记，名称是“{name}”。', en: 'This client is registered already, as "{name}".' },
  'client-name-missing': { zh: '没有写客户名称。', en: 'The client has no name.' },
  'client-name-too-long': { zh: '客户名称太长。', en: "The client's name is too long." },
  'too-many-shops': { zh: '一次提交的店铺太多。', en: 'Too many shops at once.' },
  ...DEPOSIT_TEXTS,
  ...SALES_TEXTS,
  ...CARE_TEXTS,
  ...LAUNCH_TEXTS,

  // agent-pools
  'agent-name-missing': { zh: '没有写客服姓名，或姓名太长。', en: 'The agent has no name, or too long a one.' },
  'skill-unknown': { zh: '没有这种技能。', en: 'There is no such skill.' },
  'max-load-invalid': { zh: '同时接待的数量有误。', en: 'The number of conversations at once is not right.' },
  'agent-level-unknown': { zh: '没有这个级别。', en: 'There is no such level.' },
  'presence-missing': { zh: '没有写明在线、离开还是离线。', en: 'It does not say whether the agent is online, away or offline.' },
  'training-date-invalid': { zh: '培训日期有误。', en: 'The day of training is not a date.' },
  'mapping-span-empty': { zh: '对应的时间段是空的。', en: 'The time span of the mapping is empty.' },
  'mapping-with-agent': { zh: '机器人和店铺自有人员不对应客服。', en: "A bot or the shop's own staff is mapped to no agent." },
  'mapping-without-agent': { zh: '没有写明是哪位客服。', en: 'The mapping does not say which agent.' },
  'mapping-without-party': {
    zh: '没有写明是客服、机器人还是店铺自有人员。',
    en: "The mapping does not say whether it is an agent, a bot or the shop's own staff.",
  },
  'mappings-too-many': { zh: '一次提交的对应太多。', en: 'Too many mappings at once.' },
  'mappings-invalid': { zh: '这些对应有误，一条也没有记下：', en: 'The mappings are not right; none was recorded:' },
  // conversations
  'import-unknown': { zh: '没有这次导入。', en: 'There is no such import.' },
  'first-line-invalid': { zh: '这一段的起始行号有误。', en: "The chunk's first line number is not right." },
  'chunk-too-large': { zh: '这一段超过上限。', en: 'The chunk is larger than allowed.' },
  'webhook-body-invalid': { zh: '消息内容有误，一条也没有收下。', en: 'The messages are not right; none was taken.' },
  'message-id-reused': { zh: '消息号 {message_id} 已用于别的内容。', en: 'The message id {message_id} was used before with other content.' },
  'idempotency-key-missing': { zh: '请求没有 Idempotency-Key，或太长。', en: 'The call has no Idempotency-Key, or too long a one.' },
  'service-type-differs': {
    zh: '消息 {message_id} 的服务类型与会话开始时不同。',
    en: 'Message {message_id} has another service type than its conversation began with.',
  },
  'conversation-not-open': { zh: '这段会话还没有开始。', en: 'This conversation has not begun.' },
  'channel-name-fixed': { zh: '这个渠道已叫“{channel}”，不能改名。', en: 'The channel is named "{channel}" and keeps that name.' },
  'channel-name-missing': { zh: '没有写渠道名称。', en: 'The channel has no name.' },
  'channel-kind-missing': { zh: '没有写明渠道是自有的还是平台的。', en: "It does not say whether the channel is one's own or a platform's." },
  'legal-hold': {
    zh: '有法律保全（{hold}，{by} 设，{since} 起），不能删除。',
    en: 'Legal hold {hold} stands (placed by {by}, since {since}): nobody it covers is erased.',
  },
  'subject-erased': { zh: '这个人已按要求删除，没有可保全的。', en: 'This person was erased on request: there is nothing left to hold.' },
  'person-missing': {
    zh: '没有写明是谁：买家号加渠道或店铺，或一段会话。',
    en: 'It does not say who: a buyer id with its channel or shop, or a conversation.',
  },
  'channel-ambiguous': {
    zh: '几个渠道都有这个买家号，可能是不同的人：请写明渠道。',
    en: 'Several channels know this buyer id, perhaps as different people: name the channel.',
  },
  'reason-names-person': { zh: '原因会一直保留，不能写出本人。', en: 'The reason is kept, so it must not name the person.' },
  'reason-too-long': { zh: '原因太长。', en: 'The reason is too long.' },
  // qa-inspection
  'inspector-handled-conversation': { zh: '这段会话由你接待，不能由你质检。', en: "You handled this conversation, so you can't inspect it." },
  'already-scored': { zh: '这条已打分；要改请用更正。', en: 'This one is scored; correct it instead.' },
  'already-skipped': { zh: '这条已跳过。', en: 'This one was skipped.' },
  'not-scored': { zh: '这条还没有打分。', en: 'This one is not scored yet.' },
  'not-assigned': { zh: '这条还没有分配。', en: 'This one is not assigned yet.' },
  'assigned-to-another': { zh: '这条分配给了另一位质检员。', en: 'This one is assigned to another inspector.' },
  'scorecard-incomplete': {
    zh: '还有项目没有打分：已答 {answered}/{of}，还差 {missing}。',
    en: 'Not every item is answered: {answered} of {of}; {missing} missing.',
  },
  'finding-without-message': { zh: '先选一条消息：问题要落在具体消息上。', en: 'Select a message first: a finding belongs to a message.' },
  'frame-empty': { zh: '{fromOn} 至 {toOn} 没有可抽的会话。', en: 'There is no conversation to draw from between {fromOn} and {toOn}.' },
  'sample-too-large': {
    zh: '会抽中 {drawn} 条，超过上限 {limit} 条；请缩短时间或降低比例。',
    en: '{drawn} would be drawn, more than {limit}: take a shorter time or a lower ratio.',
  },
  'reason-missing': { zh: '请写明原因。', en: 'Say why.' },
  'scorecard-unknown': { zh: '没有这个版本的评分表。', en: 'There is no such version of the scorecard.' },
  'grade-invalid': { zh: '没有这种评分。', en: 'There is no such grade.' },
  'severity-invalid': { zh: '没有这种严重程度。', en: 'There is no such severity.' },
  'category-missing': { zh: '没有写明问题的类别。', en: 'It does not say what kind of fault it is.' },
  'ratio-invalid': { zh: '抽样比例有误。', en: 'The ratio is not right.' },
  'range-invalid': { zh: '起止日期有误。', en: 'The range of days is not right.' },
  'seed-invalid': { zh: '随机种子有误。', en: 'The seed is not right.' },
  // the onboarding board
  'step-unknown': { zh: '没有这个步骤。', en: 'There is no such step.' },
  'turn-unknown': { zh: '没有这一方。', en: 'There is no such side.' },
  'not-the-clients-turn': { zh: '这一步不是在等客户，不用提醒。', en: 'It is not the client’s turn, so there is nothing to remind of.' },
  'client-reminded-already': { zh: '{hours} 小时前刚提醒过，隔 20 小时再提醒。', en: 'The client was reminded {hours} hours ago; wait until 20 have passed.' },
  'note-too-long': { zh: '附言太长。', en: 'The note is too long.' },
  // events that could not be applied
  'held-stream-unnamed': { zh: '请同时指明消费组和来源。', en: "Name the stream's group and source as well." },
  'held-event-not-first': {
    zh: '现在停住的不是位置 {position} 的事件，而是 {first} 的；请先查看它。',
    en: 'The event that is held now is not the one at {position} but the one at {first}; look at that one first.',
  },
  // billing
  'month-not-ended': { zh: '{through} 还没有结束，不能月结。', en: "{through} has not ended; it can't be closed yet." },
  'month-invalid': { zh: '月份有误。', en: 'The month is not right.' },
  'counted-invalid': { zh: '“计费与否”的筛选有误。', en: 'The filter by what is counted is not right.' },
  'not-settled': {
    zh: '还有到达的内容没有计入，不能月结：{service}：{reason}',
    en: "Something that has arrived is not counted yet, so the month can't be closed: {service}: {reason}",
  },
  'clocks-not-yet-due': { zh: '到 {through} 还有计时未到期，不能月结。', en: "Some clocks up to {through} are not yet due; the month can't be closed." },
};
