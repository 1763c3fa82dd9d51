// A file of made-up conversations, the same for the same seed: mostly short, answered by people, bots first, some never answered.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export interface ConversationsOptions {
  readonly messages: number;
  readonly shops: number;
  readonly seed: number;
}

const FROM = Date.parse('2026-01-01T00:00:00Z');
const SPAN_MS = 120 * 24 * 3_600_000;
const TEXTS = {
  customer: ['在吗？这款有货吗', '什么时候能发货', '可以便宜点吗', '收到的颜色不对，想换一个', '物流两天没有更新了', '好的，谢谢'],
  agent: [
    '您好，在的，请问有什么可以帮您',
    '今天下午四点前付款当天发出',
    '已经是活动价了呢，可以领一张店铺券',
    '给您登记换货，麻烦拍一张照片',
    '已经帮您催促快递，请稍等',
  ],
  bot: ['欢迎光临，客服正在赶来'],
} as const;

/** Writes exactly `messages` lines in the format of `deskfleet import transcripts`, in the order of their time within a conversation. */
export async function writeConversations(file: string, { messages, shops, seed }: ConversationsOptions): Promise<void> {
  const random = mulberry32(seed);
  const out = createWriteStream(file);
  for (let written = 0, conversation = 0; written < messages; conversation += 1) {
    const shop = `bench-${conversation % shops}`;
    const length = Math.min(messages - written, 2 + Math.floor(random() * 12));
    const agent = `agent-${Math.floor(random() * 40)}`;
    const unanswered = random() < 0.03;
    let at = FROM + Math.floor(random() * SPAN_MS);
    for (let index = 0; index < length; index += 1) {
      const sender = index === 1 ? 'bot' : index % 3 === 0 || unanswered ? 'customer' : 'agent';
      const texts = TEXTS[sender];
      const line = {
        conversation_id: `b${conversation}`,
        message_id: `b${conversation}-${index}`,
        shop,
        channel: 'tmall',
        sent_at: new Date(at).toISOString(),
        sender,
        sender_id: sender === 'customer' ? `buyer-${conversation}` : sender === 'bot' ? 'bot' : agent,
        text: texts[Math.floor(random() * texts.length)],
      };
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
      at += 1_000 + Math.floor(random() * 90_000);
    }
    written += length;
  }
  out.end();
  await once(out, 'finish');
}

/** A small seeded generator: 32 bits of state, numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
