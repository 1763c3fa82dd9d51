// Problems in words, Chinese and English: what is not so, the fact, the next step. A code without words of its own is shown by its code.

export type Language = 'zh' | 'en';
type Facts = Readonly<Record<string, unknown>>;

interface Words {
  readonly title: string;
  readonly detail: string;
}

/** The reader's language by Accept-Language: Chinese when they prefer it, else English. */
export function languageOf(accept: string | undefined): Language {
  const preferred = (accept ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', quality = ''] = part.trim().split(/;\s*q=/);
      return { tag: tag.toLowerCase(), q: quality === '' ? 1 : Number(quality) };
    })
    .filter(({ tag, q }) => q > 0 && /^(zh|en)\b/.test(tag))
    .sort((a, b) => b.q - a.q)[0];
  return preferred?.tag.startsWith('zh') ? 'zh' : 'en';
}

/** {name} in a text is the fact of that name. */
const TEXTS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'not-signed-in': { zh: '需要登录。', en: 'Sign in first.' },
  'not-found': { zh: '没有这个页面，或你无权查看。', en: "This doesn't exist, or isn't yours to see." },
  'not-allowed': { zh: '你的角色不能做这件事。', en: "Your role can't do this." },
  'no-access': { zh: '你已登录，但还没有人给你开通权限。', en: "You are signed in, but nobody has given you access yet." },
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
  'sign-in-failed': { zh: '登录没有成功，请重试。', en: 'The sign-in did not succeed; try again.' },
  'sign-in-away': { zh: '登录服务暂时不可用，稍后再试。', en: 'The identity provider is away for the moment; come again.' },
  busy: { zh: '同一对象正被多人修改，稍后再试。', en: 'Too many are changing the same thing at once; come again.' },
  fault: { zh: '这里出了问题，已记录。', en: 'Something went wrong here; it has been recorded.' },
  'command-id-reused': { zh: '同一个 Idempotency-Key 已用于别的内容。', en: 'This Idempotency-Key was used before with other content.' },
  'signature-invalid': { zh: '签名不符。', en: 'The signature does not match.' },
  'signature-missing': { zh: '缺少签名。', en: 'The signature is missing.' },
  'timestamp-too-old': { zh: '时间戳已超过 5 分钟。', en: 'The timestamp is more than 5 minutes old.' },
  'timestamp-missing': { zh: '缺少时间戳。', en: 'The timestamp is missing.' },
  'channel-not-connected': { zh: '这个渠道没有接入，或签名不符。', en: 'This channel is not connected, or the signature does not match.' },
  'client-missing': { zh: '客户用户必须属于一个客户。', en: 'A client user belongs to a client: name it.' },
  'client-not-allowed': { zh: '只有客户角色才属于客户。', en: 'Only the role client belongs to a client.' },
  'invitation-expired': { zh: '邀请链接已过期，请对方重新发送。', en: 'The invitation has expired; ask for a new one.' },
  'invitation-used': { zh: '邀请链接已使用或已撤回。', en: 'The invitation was used or withdrawn.' },
  'invitation-for-another-person': { zh: '这个邀请是给另一个人的。', en: 'This invitation is for another person.' },
  'invitation-needs-sign-in': { zh: '先登录，再接受邀请。', en: 'Sign in first, then accept the invitation.' },
  'login-taken': { zh: '登录名“{login}”已被使用。', en: 'The sign-in name "{login}" is taken.' },
  'own-access': { zh: '不能撤销自己的权限。', en: "One can't withdraw one's own access." },
  'month-not-ended': { zh: '{month} 还没有结束，不能月结。', en: "{month} has not ended; it can't be closed yet." },
  'clocks-not-yet-due': { zh: '还有 {count} 个计时未到期，不能月结。', en: '{count} clocks are not yet due; the month can\'t be closed.' },
  'service-windows-missing': { zh: '合同还不能签：缺服务时间。', en: "The contract can't be signed yet: service hours are missing." },
  'counting-unit-missing': { zh: '合同还不能签：缺计费单位。', en: "The contract can't be signed yet: the counting unit is missing." },
  'counting-unit-order': { zh: '按订单计费要等订单接入后才能用。', en: 'Counting by order waits until orders exist.' },
  'exclusions-missing': { zh: '合同还不能签：没有写明哪些不计费。', en: "The contract can't be signed yet: it does not say what is not counted." },
  'import-finished': { zh: '这次导入已结束。', en: 'This import is finished.' },
  'conversation-handled-by-inspector': { zh: '这段会话由你接待，不能由你质检。', en: "You handled this conversation, so you can't inspect it." },
};

/** Title and detail. The detail lists what was found and expected, where the facts name it. */
export function words(code: string, facts: Facts, language: Language): Words {
  const text = TEXTS[code]?.[language] ?? code.replaceAll('-', ' ');
  return {
    title: text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '')),
    detail: problemsIn(facts)
      .map((problem) => sentence(problem, language))
      .join(' '),
  };
}

function problemsIn(facts: Facts): readonly Facts[] {
  if (Array.isArray(facts['problems'])) return facts['problems'].filter((item): item is Facts => typeof item === 'object' && item !== null);
  return 'field' in facts ? [facts] : [];
}

function sentence({ field, found, expected }: Facts, language: Language): string {
  const has = (value: unknown): boolean => value !== undefined && value !== '';
  if (language === 'zh') return `${String(field ?? '')}${has(found) ? `“${String(found)}”` : ''}${has(expected) ? `，应为 ${String(expected)}` : ''}。`;
  return `${String(field ?? '')}${has(found) ? ` "${String(found)}"` : ''}${has(expected) ? `: expected ${String(expected)}` : ''}.`;
}
