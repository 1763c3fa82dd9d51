// What services say in English (what was found and expected of bad input, how an amount came about, what holds a settling), in Chinese too. The
// English sentences are data that others script against and stay as they are; here are their shapes. Stands apart from both the server and the
// app, as both say it. A sentence without a shape fails a test (tests/words).

import { CARE_EXPECTED, CARE_FOUND } from './said-care.ts';
import { DEPOSIT_EXPECTED } from './said-deposits.ts';
import { LAUNCH_EXPECTED } from './said-launch.ts';
import { SALES_EXPECTED } from './said-sales.ts';

/** `{n}` stands for a number, `{x}` for anything. The first shape that fits is taken. */
const EXPECTED: readonly (readonly [english: string, chinese: string])[] = [
  ...DEPOSIT_EXPECTED,
  ...SALES_EXPECTED,
  ...CARE_EXPECTED,
  ...LAUNCH_EXPECTED,
  // a message, a line, a file
  ['an RFC 3339 date and time with a zone, e.g. {x}', '带时区的日期时间，应如 {x}'],
  ['not after {x}: at most 5 minutes ahead', '不晚于 {x}：最多提前 5 分钟'],
  ['{x}, none of them a control character', '{x}，不含控制字符'],
  ['a string of 1 to {n} characters', '1 至 {n} 个字符的文本'],
  ['a string of at most {n} bytes', '不超过 {n} 字节的文本'],
  ['a JSON object with a list of messages', '含消息列表的 JSON 对象'],
  ['a JSON object', 'JSON 对象'],
  ['a line of UTF-8', 'UTF-8 编码的一行'],
  ['a line of at most {n} bytes', '一行不超过 {n} 字节'],
  ['a line number from 1', '从 1 起的行号'],
  ['a list of 1 to {n} messages', '1 至 {n} 条消息的列表'],
  ["the code of one of the vendor's shops", '已登记的店铺编号'],
  ["one of the vendor's shops", '已登记的店铺'],
  ["a shop's code", '店铺编号'],
  ['a shop that one may see', '有权查看的店铺'],
  ['an address https://..., at most {n} characters', '形如 https://... 的地址，不超过 {n} 个字符'],
  ['an address without a password in it', '不含密码的地址'],
  ['an address without #', '不含 # 的地址'],
  ['an address that begins with https://', '以 https:// 开头的地址'],
  ['an address on the public Internet', '公网地址'],
  ['the shops or the contract that the file is for', '文件所属的店铺或合同'],
  ['the content this message id first came with', '这个消息号第一次带来的内容'],
  ['{x}, as its conversation began', '{x}，与会话开始时相同'],
  ['a message its conversation takes', '会话能接收的消息'],
  ['the sender_id on the platform', '平台上的 sender_id'],
  ['a header with {x}', '首行列名为 {x}'],
  ['an instant with its zone, such as {x}', '带时区的时刻，应如 {x}'],
  ['the name of an event', '事件的名称'],
  ['group and source of the stream', '流的消费组和来源'],
  // amounts, counts, lengths
  ['1 to {n} letters, digits, . _ -, beginning with a letter or digit', '1 至 {n} 个字母、数字或 . _ -，以字母或数字开头'],
  ['1 to {n} letters, digits, blanks, . / _ -', '1 至 {n} 个字母、数字、空格或 . / _ -'],
  ['1 to {n} basis points', '1 至 {n} 个基点（万分之一）'],
  ['1 to {n} characters', '1 至 {n} 个字符'],
  ['1 to {n} conversations at once', '同时 1 至 {n} 段会话'],
  ['1 to {n} ms', '1 至 {n} 毫秒'],
  ['1 to {n}', '1 至 {n}'],
  ['at most {n} sets: remove one first', '最多 {n} 组；请先删除一组'],
  ['at most {n}: choose fewer days or shops', '不超过 {n} 行；请缩短时间或减少店铺'],
  ['at most {n} files', '最多 {n} 个文件'],
  ['at most {n} bytes', '不超过 {n} 字节'],
  ['at most {n} characters', '不超过 {n} 个字符'],
  ['at most {n} lines', '不超过 {n} 行'],
  ['at most {n}', '不超过 {n}'],
  ['a whole number from 0', '不小于 0 的整数'],
  ['a decimal of zero or more such as {x}', '不小于零的小数，如 {x}'],
  ['zero or more units a month', '每月不小于零的数量'],
  ['zero or more', '不小于零'],
  ['an amount in a known currency with no more digits than it has', '已知币种的金额，小数位不超过该币种'],
  // dates and hours
  ['a date such as {x}, or none', '日期，如 {x}，也可不填'],
  ['a date such as {x}', '日期，如 {x}'],
  ['a date, e.g. {x}', '日期，如 {x}'],
  ['two dates YYYY-MM-DD, the first not after the second', '两个 YYYY-MM-DD 日期，前者不晚于后者'],
  ['{x} or later', '{x} 或更晚'],
  ['{x} or before', '{x} 或更早'],
  ['an end after its begin', '终点晚于起点'],
  ['HH:MM or 24:00', 'HH:MM 或 24:00'],
  ['distinct days 1 (Monday) to 7; none = every day', '不重复的 1（周一）至 7；不填为每天'],
  ['at least one service window; 00:00 to 24:00 when always', '至少一个服务时段；全天为 00:00 至 24:00'],
  // terms and contracts
  ['an ISO 4217 code such as {x}', 'ISO 4217 币种代码，如 {x}'],
  ['an IANA zone such as {x}', 'IANA 时区，如 {x}'],
  ['CN or none', 'CN，或不填'],
  ['pre-sale and/or after-sale; none = everything', 'pre-sale、after-sale 或两者；不填为全部'],
  ['a holiday calendar in the terms, as the window speaks of holidays', '条款里写明节假日日历，因为服务时段提到节假日'],
  ['conversation or buyer-day: orders are not known here yet', 'conversation 或 buyer-day：这里还没有订单'],
  ['conversation or buyer-day', 'conversation 或 buyer-day'],
  ['what is not counted; `none` when everything is', '哪些不计费；全部计费写 none'],
  ['`none` alone, or exclusions without it', '单独的 none，或不含 none 的几种情形'],
  ['known exclusions', '已知的不计费情形'],
  ['a key of its own', '不与别的重复的名称'],
  ['kebab-case such as {x}', '小写字母加连字符，如 {x}'],
  ['first-response or reply-rate', 'first-response 或 reply-rate'],
  ['service-hours or wall', 'service-hours 或 wall'],
  ['usage-fee, monthly-fee or all-fees', 'usage-fee、monthly-fee 或 all-fees'],
  ['a fee that the terms agree on', '条款里约定了的费用'],
  ['at least one shop', '至少一个店铺'],
  ['each shop once', '每个店铺一次'],
  ['the terms of the contract', '合同条款'],
  ['where the contract comes from', '合同的来处'],
  ['who agreed for the client', '代客户同意的人'],
  ["what shows the client's agreement", '客户同意的凭据'],
  ["vendor-on-behalf with evidence, or the client's own user signs", 'vendor-on-behalf 并附凭据，或由客户本人签'],
  ['a name', '名称'],
  ['tmall, jd, pinduoduo, douyin, own, ...', 'tmall、jd、pinduoduo、douyin、own 等'],
  // people and accounts
  ['the client whose shops they see', '其能看店铺的客户'],
  ['none for role {x}', '角色 {x} 不填'],
  ['the agent who speaks through the account', '用这个账号的客服'],
  ['an agent who was hired', '在册的客服'],
  ['nothing: a bot or the shop speaks', '不填：说话的是机器人或店铺自己'],
  // personal data
  ['why', '原因'],
  ['a reason that does not name the person: it is kept', '不写出本人的原因：原因会一直保留'],
  ['a buyer id with its channel or shop, or a conversation', '买家号加渠道或店铺，或一段会话'],
  ['a shop, or a buyer id with its channel or shop', '店铺，或买家号加渠道或店铺'],
  ["the buyer's channel, or a shop", '买家所在的渠道，或店铺'],
  // inspections
  ['a message of this conversation', '这段会话里的一条消息'],
  ['what kind of fault', '问题的类别'],
  ['why the score changes', '改分的原因'],
  ['why it cannot be inspected', '不能质检的原因'],
  // requests
  ['yes, no or empty', 'yes、no 或不填'],
  ['the same content as before', '与上次相同的内容'],
  ['the token of the page before', '上一页给的续页标记'],
  ['a caller who acts in a vendor', '属于某个服务商的调用者'],
  // JSON schema
  ["must have required property '{x}'", '缺少 {x}'],
  ['must NOT have additional properties: {x}', '不能有 {x}'],
  ['must be equal to one of the allowed values: {x}', '须是其中之一：{x}'],
  ['must be equal to constant', '须是固定的值'],
  ['must match format "{x}"', '须符合格式 {x}'],
  ['must match pattern "{x}"', '须符合 {x}'],
  ['must NOT have fewer than {n} characters', '不能少于 {n} 个字符'],
  ['must NOT have more than {n} characters', '不能多于 {n} 个字符'],
  ['must NOT have fewer than {n} items', '不能少于 {n} 项'],
  ['must NOT have more than {n} items', '不能多于 {n} 项'],
  ['must match a schema in anyOf', '不是可取的形式'],
  ['must be >= {n}', '须不小于 {n}'],
  ['must be <= {n}', '须不大于 {n}'],
  ['must be {x}', '须为 {x}'],
];

/** What was found, where it is described and not quoted. */
const FOUND: readonly (readonly [english: string, chinese: string])[] = [
  ...CARE_FOUND,
  ['nothing', '没有填'],
  ['null', 'null'],
  ['an empty string', '空文本'],
  ['a list of {n}', '{n} 项的列表'],
  ['a list', '列表'],
  ['an object', '对象'],
  ['a string of {n} characters', '{n} 个字符的文本'],
  ['a number', '数字'],
  ['a boolean', '真假值'],
  ['{n} bytes that are not JSON', '{n} 字节，不是 JSON'],
  ['JSON that breaks at character {n}', '第 {n} 个字符处断开的 JSON'],
  ['bytes that are not UTF-8', '不是 UTF-8 的字节'],
  ['a line of {n} bytes', '{n} 字节的一行'],
  ['a control character or half a character', '控制字符或半个字符'],
  ['the buyer id', '买家号'],
  ['{n} bytes', '{n} 字节'],
  ['{n} characters', '{n} 个字符'],
  ['{n} rows', '{n} 行'],
  ['{x} with other content', '{x}，内容不同'],
  ['{n} to {n}', '{n} 至 {n}'],
];

/** How an invoice line's amount came about. */
const RULES: readonly (readonly [english: string, chinese: string])[] = [
  ['{n} for the whole month', '整月 {n}'],
  ['{n} x {n} service days / {n} calendar days', '{n} × 服务 {n} 天 ÷ 当月 {n} 天'],
  ['{n} counted, {n} included in the monthly fee: {n} x {n}', '计 {n}，月费已含 {n}：{n} × {n}'],
  ['{n} x {n}', '{n} × {n}'],
  ['{n} open, {d} to {d}: {n} days x {n} %', '未付 {n}，{d} 至 {d}：{n} 天 × {n}%'],
  ['{n} open, {d} to {d}: {n} days x {n} %, less {n} charged before', '未付 {n}，{d} 至 {d}：{n} 天 × {n}%，减去已计 {n}'],
  ['{n} to {n} open, {d} to {d}: {n} days x {n} %', '未付 {n} 至 {n}，{d} 至 {d}：{n} 天 × {n}%'],
  ['{n} to {n} open, {d} to {d}: {n} days x {n} %, less {n} charged before', '未付 {n} 至 {n}，{d} 至 {d}：{n} 天 × {n}%，减去已计 {n}'],
  ['paid in time, less {n} charged before', '已按时付清，减去已计 {n}'],
  ['{n} of {n} on time, agreed {n} %: {n} % of {n}', '按时 {n} / {n}，约定 {n}%：抵扣 {n}% × {n}'],
];

/** What holds a service's settling. */
const HELD: readonly (readonly [english: string, chinese: string])[] = [
  ['service-away', '没有应答'],
  ['not-applied: {x}', '还没有算完：{x}'],
  ['parked: {x}', '有事件停住了：{x}'],
];

const shapes = (table: readonly (readonly [string, string])[]) =>
  table.map(([english, chinese]) => {
    const pattern = english
      .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('{n}', '([0-9][0-9,.]*)')
      .replaceAll('{d}', '([0-9]{4}-[0-9]{2}-[0-9]{2})')
      .replaceAll('{x}', '(.+)');
    return { pattern: new RegExp(`^${pattern}$`, 'su'), chinese };
  });
const EXPECTED_SHAPES = shapes(EXPECTED);
const FOUND_SHAPES = shapes(FOUND);
const RULE_SHAPES = shapes(RULES);
const HELD_SHAPES = shapes(HELD);
/** Words to choose from, formats and numbers read alike in both languages. */
const ALIKE = /^[\w:.-]+(?:(?: \| |, ?)[\w:.-]+)+$|^[A-Z][A-Z:-]+$|^[0-9][0-9,.]*$/;

/** What was expected, in Chinese; undefined for a phrase that nobody has put into words. */
export function expectedInChinese(english: string): string | undefined {
  return inShape(EXPECTED_SHAPES, english, (part) => expectedInChinese(part) ?? part) ?? (ALIKE.test(english) ? english : undefined);
}

/** What was found, in Chinese, where it is a description; undefined for what was written by whoever sent it. */
export function foundInChinese(english: string): string | undefined {
  return inShape(FOUND_SHAPES, english, (part) => part);
}

/** How an amount came about, in Chinese; undefined for a sentence that nobody has put into words. */
export function ruleInChinese(english: string): string | undefined {
  return inShape(RULE_SHAPES, english, (part) => part);
}

/** What holds a settling, in Chinese; undefined for a fault that only its own words name. */
export function heldInChinese(english: string): string | undefined {
  return inShape(HELD_SHAPES, english, (part) => part);
}

function inShape(table: ReturnType<typeof shapes>, english: string, inside: (part: string) => string): string | undefined {
  for (const { pattern, chinese } of table) {
    const holes = pattern.exec(english)?.slice(1);
    if (holes !== undefined) return chinese.replaceAll(/\{[ndx]\}/g, () => inside(holes.shift() ?? ''));
  }
  return undefined;
}
