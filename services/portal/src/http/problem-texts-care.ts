// What is said for the refusals of living together and of headcount. See problem-texts.ts.

export const CARE_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', string>>>> = {
  // questions and knowledge
  'text-missing': { zh: '没有写内容，或内容太长。', en: 'Nothing is written, or too much.' },
  'conversation-id-invalid': { zh: '会话编号有误；从会话页复制。', en: "That is no conversation's id; copy it from the conversation's page." },
  'agent-id-invalid': { zh: '客服编号有误。', en: "That is no agent's id." },
  'shop-without-contract': {
    zh: '这家店还没有合同，还没有可以答复的客户；先签合同。',
    en: 'This shop has no contract yet, so nobody answers for it: sign one first.',
  },
  'buyers-too-many': { zh: '等这个答复的买家太多；另提一个问题。', en: 'Too many buyers wait for this one answer; ask another question.' },
  'question-answered': { zh: '这个问题已经答复了；要改就更正答复。', en: 'This question has been answered; to change it, correct the answer.' },
  'question-withdrawn': { zh: '这个问题已经撤回，不用再答。', en: 'This question was withdrawn; it needs no answer any more.' },
  'question-not-answered': {
    zh: '这个问题还没有答复，没有可更正的；先由客户答复。',
    en: "This question has no answer to correct yet; it's the client's turn.",
  },
  'knowledge-corrected': {
    zh: '这个答复刚被更正过，现在是第 {version} 版；看过它再更正。',
    en: 'This answer was corrected meanwhile: version {version} holds now. Look at it before correcting.',
  },
  // supervision, suggestions, meetings
  'checked-on-invalid': { zh: '检查日期有误。', en: 'The day of the check is not right.' },
  'inspector-missing': { zh: '没有写是谁检查的，或名字太长。', en: 'It does not say who looked, or the name is too long.' },
  'judged-missing': { zh: '没有写明针对过程还是结果。', en: 'It does not say whether the process or the result is judged.' },
  'clause-unknown': { zh: '合同里没有这一条款。', en: 'The contract has no such clause.' },
  'weaknesses-too-many': { zh: '一次检查记的问题太多；分几次记。', en: 'Too many weaknesses for one check; record several.' },
  'remedy-due-invalid': { zh: '整改期限有误。', en: 'The day by which it is to be remedied is not right.' },
  'remedy-agreed': { zh: '整改办法双方已经同意，{dueOn} 前完成；不能再换。', en: "Both sides have agreed on a remedy, due {dueOn}; it can't be replaced." },
  'remedy-done': { zh: '已经整改完成。', en: 'It has been remedied already.' },
  'remedy-not-proposed': { zh: '还没有整改办法可以同意；先由一方提出。', en: 'There is no remedy to agree to yet; one side proposes it first.' },
  'remedy-own-proposal': { zh: '整改办法是自己一方提的，等对方同意。', en: "One can't agree to one's own proposal; it's the other side's turn." },
  'remedy-not-agreed': { zh: '整改办法还没有双方同意，不能记为完成。', en: "The remedy is not agreed by both sides yet, so it can't be done." },
  'done-on-invalid': { zh: '完成日期有误。', en: 'The day it was done is not right.' },
  'suggestion-own': { zh: '建议是自己一方提的，等对方答复。', en: "One can't reply to one's own suggestion; it's the other side's turn." },
  'suggestion-replied': { zh: '这条建议已经答复了。', en: 'This suggestion has been replied to.' },
  'held-on-invalid': { zh: '会议日期有误。', en: 'The day of the meeting is not right.' },
  'levels-missing': { zh: '没有写明哪些层级参加。', en: 'It does not say which levels took part.' },
  'topics-missing': { zh: '没有写谈了什么，或太长。', en: 'It does not say what was talked about, or says too much.' },
  'actions-too-many': { zh: '一次会议的事项太多。', en: 'Too many actions for one meeting.' },
  'action-text-missing': { zh: '事项没有写内容，或太长。', en: 'An action says nothing, or too much.' },
  'action-owner-missing': { zh: '事项没有写明由哪一方做。', en: 'An action does not say which side does it.' },
  'action-due-invalid': { zh: '事项的期限有误。', en: 'The day an action is due is not right.' },
  // shifts and presence
  'shift-span-invalid': { zh: '班次的起止时间有误。', en: 'The span of the shift is not right.' },
  'shift-over': { zh: '班次已经结束，不能再取消。', en: "The shift is over; it can't be cancelled any more." },
  'shifts-too-many': { zh: '没有班次，或一次提交的班次太多。', en: 'No shifts, or too many at once.' },
  'span-invalid': { zh: '起止时间有误。', en: 'The span of time is not right.' },
  'feed-name-missing': { zh: '没有写排班系统的名称，或名称太长。', en: 'The roster has no name, or too long a one.' },
};
