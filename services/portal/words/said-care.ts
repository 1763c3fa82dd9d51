// What living together and headcount find and expect of their input, in Chinese. See said.ts.

export const CARE_EXPECTED: readonly (readonly [english: string, chinese: string])[] = [
  ["an agent's id, or none", '客服编号，也可不填'],
  ["an agent's id or work name", '客服编号或花名'],
  ['the id of an agent, or a work name that one agent has', '客服编号，或只属于一位客服的花名'],
  ['the id of a conversation: cv_ and {n} characters', '会话编号：cv_ 加 {n} 个字符'],
  ['open, answered, withdrawn, or none', 'open、answered、withdrawn，也可不填'],
  ['why it is not asked any more', '为什么不再问'],
  ['a clause of the contract, or none', '合同里的条款，也可不填'],
  ['process or result', 'process 或 result'],
  ['why it is not adopted', '为什么不采纳'],
  ['who took part: agent, supervisor, manager, director', '参加的层级：agent、supervisor、manager、director'],
  ['client or vendor', 'client 或 vendor'],
  ['an end after its begin, at most {n} hours later', '终点晚于起点，最多 {n} 小时'],
  ['an end after its begin, at most {n} days later', '终点晚于起点，最多 {n} 天'],
  ['a time in which the agent has no other shift', '这位客服没有别的班次的时间'],
  ['an agent who was hired', '在册的客服'],
  ['why the shift is off', '为什么取消班次'],
  ['a JSON object with shifts or presence', '含 shifts 或 presence 的 JSON 对象'],
  ['shifts or presence', 'shifts 或 presence'],
  ['1 to {n} shifts and presences', '1 至 {n} 个班次和在线状态'],
  ['a list of shop codes; none = all the agent is trained for', '店铺编号的列表；不填为这位客服受过培训的全部店铺'],
  ['a planned shift of this agent that is not over', '这位客服已排、尚未结束的班次'],
  ['a list', '列表'],
  ['1 to {n} rows', '1 至 {n} 行'],
];

export const CARE_FOUND: readonly (readonly [english: string, chinese: string])[] = [
  ['{n} shifts and presences', '{n} 个班次和在线状态'],
  ['{n} h', '{n} 小时'],
];
