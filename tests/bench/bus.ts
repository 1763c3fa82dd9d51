// What the benches of the bus share: a log worth carrying, its service, a topic prefix of its own each round.
import { randomBytes } from 'node:crypto';
import type { EventStore } from '@deskfleet/event-store';
import { MessageReceived, Sender } from '@deskfleet/protocol/conversations';
import { fillLog } from './fill-log.ts';

/** Conversations that are open at the same time; each gets 10 messages. */
const OPEN = 200;
const MESSAGES = 10;
const CIPHERTEXT = Buffer.alloc(120, 7);
const FINGERPRINT = Buffer.alloc(32, 9);

/** Fills a log with sealed messages of conversations that follow each other. */
export function fillWithMessages(store: EventStore, events: number): Promise<void> {
  return fillLog(store, 0, events, (n) => {
    const conversationId = `cv_${(n % OPEN) + Math.floor(n / (OPEN * MESSAGES)) * OPEN}`;
    const ofCustomer = Math.floor(n / OPEN) % 2 === 0;
    const event = MessageReceived.create({
      conversationId,
      messageId: `m${n}`,
      sentAt: 1_760_000_000_000 + n * 10,
      ordinal: n,
      sender: ofCustomer ? Sender.SENDER_CUSTOMER : Sender.SENDER_AGENT,
      account: ofCustomer ? '' : 'seat-1',
      customerSubject: ofCustomer ? `su_${n % OPEN}` : '',
      text: { subjectId: `su_${n % OPEN}`, ciphertext: CIPHERTEXT },
      fingerprint: FINGERPRINT,
    });
    return { streamId: `conversation-${conversationId}`, events: [event] };
  });
}

/** Names the topics and groups of one round apart from every other's. */
export function topicPrefix(): string {
  return `bench-${randomBytes(4).toString('hex')}`;
}
