// Events a second while a read model is built anew from the whole log beside the live one: the conversations list of 20,000 rows from 1,000,000
// events, and from a quarter and a half of them, to see that it grows no faster than the log.
import { setTimeout as sleep } from 'node:timers/promises';
import { ConversationOpened, MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { type Ground, ground } from '../../libs/read-model/test/ground.ts';
import { conversations } from '../../services/conversations/src/projections/conversations.ts';
import { type Bench, type Figure, figure, lowerMedian } from './bench.ts';
import { fillLog } from './fill-log.ts';
import { peakMemory } from './processes.ts';

const EVENTS = 1_000_000;
/** A row each: opened, then 49 messages, 200 conversations at the same time. */
const EVENTS_A_CONVERSATION = 50;
const OPEN = 200;
const ROUNDS = 3;
const LIMIT_PER_S = 40_000;
const LIMIT_MIB = 400;

export const rebuild: Bench = {
  name: 'rebuild',
  async run() {
    const at = await ground();
    try {
      const parts: { readonly events: number; readonly rates: number[]; readonly mib: number }[] = [];
      for (const share of [4, 2, 1]) {
        await fill(at, EVENTS / share);
        await at.owner.query('analyze events');
        const rates: number[] = [];
        const memory = peakMemory();
        for (let round = 0; round < (share === 1 ? ROUNDS : 1); round += 1) rates.push(await rebuildOnce(at));
        parts.push({ events: EVENTS / share, rates, mib: memory.stop() });
      }
      return [
        ...parts
          .toReversed()
          .map(
            ({ events, rates }, index): Figure =>
              figure(
                `rebuild of ${(events / EVENTS_A_CONVERSATION).toLocaleString('en')} rows from ${events.toLocaleString('en')} events`,
                'events/s',
                rates,
                index === 0
                  ? { name: 'limit', median: LIMIT_PER_S }
                  : { name: 'the whole log', median: lowerMedian((parts.at(-1)?.rates ?? []).toSorted((a, b) => a - b)) },
              ),
          ),
        ...parts
          .toReversed()
          .map(({ events, mib }) =>
            figure(`rebuild from ${events.toLocaleString('en')} events, memory of the process`, 'MiB', [mib], { name: 'limit', median: LIMIT_MIB }),
          ),
      ];
    } finally {
      await at.end();
    }
  },
};

let filled = 0;

/** Brings the log to this many events, the conversations of one generation message by message, then those of the next. */
async function fill(at: Ground, events: number): Promise<void> {
  await fillLog(at.store, filled, events, (n) => {
    const within = n % (OPEN * EVENTS_A_CONVERSATION);
    const conversationId = `cv_${(n - within) / EVENTS_A_CONVERSATION + (n % OPEN)}`;
    const ofCustomer = Math.floor(within / OPEN) % 2 === 1;
    const event =
      within < OPEN
        ? ConversationOpened.create({ conversationId, channel: 'tmall', customerSubject: `su_${n}` })
        : MessageReceived.create({
            conversationId,
            messageId: `m${n}`,
            sentAt: 1_760_000_000_000 + n * 10,
            ordinal: n,
            sender: ofCustomer ? Sender.SENDER_CUSTOMER : Sender.SENDER_AGENT,
            account: ofCustomer ? '' : 'seat-1',
            text: { subjectId: `su_${n % OPEN}`, ciphertext: CIPHERTEXT },
            fingerprint: FINGERPRINT,
          });
    return { streamId: `conversation-${conversationId}`, events: [event] };
  });
  filled = events;
}

const CIPHERTEXT = Buffer.alloc(120, 7);
const FINGERPRINT = Buffer.alloc(32, 9);

let version = 1_000;

async function rebuildOnce(at: Ground): Promise<number> {
  version += 1;
  const from = performance.now();
  const model = await at.start({ projections: [{ ...conversations, version }] });
  await model.passed(filled);
  const seconds = (performance.now() - from) / 1_000;
  await swapped(at);
  await model.stop();
  return filled / seconds;
}

/** Resolves when queries see the new version with all of it; rejects when they do not within 30 s. */
async function swapped(at: Ground): Promise<void> {
  const wanted = filled / EVENTS_A_CONVERSATION;
  for (const endsAt = Date.now() + 30_000; ; ) {
    const { rows } = await at.owner.query('select count(*)::int as rows, coalesce(sum(messages), 0)::int as messages from conversations');
    if (rows[0].rows === wanted && rows[0].messages === filled - wanted) return;
    if (Date.now() > endsAt) throw new Error(`rebuilt to ${JSON.stringify(rows[0])} instead of ${wanted} rows`);
    await sleep(50);
  }
}
