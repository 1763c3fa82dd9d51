// What a conversation takes in, and what it refuses.
import { fold } from '@deskfleet/event-store';
import { ChannelKind, ConversationOpened, MessageReceived, SealedText, Sender, ServiceType, SubjectErased } from '@deskfleet/protocol/conversations';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ConversationEvent, conversation } from './conversation.ts';

const { SERVICE_TYPE_PRE_SALE: preSale, SERVICE_TYPE_AFTER_SALE: afterSale, SERVICE_TYPE_UNSPECIFIED: notSaid } = ServiceType;
const opened = (serviceType: ServiceType = notSaid) =>
  ConversationOpened.create({ conversationId: 'cv_1', channel: 'tmall', channelKind: ChannelKind.CHANNEL_KIND_PLATFORM, serviceType });
const message = (messageId: string, content = 'hello') =>
  MessageReceived.create({ conversationId: 'cv_1', messageId, sentAt: 1_000, sender: Sender.SENDER_CUSTOMER, fingerprint: Buffer.from(content) });
const receive = (received: MessageReceived, serviceType: ServiceType = notSaid) => ({ kind: 'receive', message: received, serviceType }) as const;
const after = (...events: ConversationEvent[]) => fold(conversation, events);

test('a conversation opens once', () => {
  expect(conversation.decide(after(), { kind: 'open', opening: opened() })).toEqual({ accepted: true, events: [opened()] });
  expect(conversation.decide(after(opened()), { kind: 'open', opening: opened() })).toEqual({ accepted: true, events: [] });
});

test('a message with the same id and the same content again changes nothing', () =>
  expect(conversation.decide(after(opened(), message('m-1')), receive(message('m-1')))).toEqual({ accepted: true, events: [] }));

test('a message id that comes with another content is refused by name', () =>
  expect(conversation.decide(after(opened(), message('m-1'), message('m-2')), receive(message('m-1', 'hello!')))).toEqual({
    accepted: false,
    code: 'message-id-reused',
    facts: { message_id: 'm-1' },
  }));

test('nothing is received before the conversation is open', () =>
  expect(conversation.decide(after(), receive(message('m-1')))).toMatchObject({ code: 'conversation-not-open' }));

test('a message that says another service type than its conversation is refused; one that says none is not', () => {
  expect(conversation.decide(after(opened(preSale)), receive(message('m-1'), afterSale))).toMatchObject({ code: 'service-type-differs' });
  expect(conversation.decide(after(opened(preSale)), receive(message('m-1'), preSale))).toMatchObject({ accepted: true });
  expect(conversation.decide(after(opened(preSale)), receive(message('m-1')))).toMatchObject({ accepted: true });
});

test('an erased message that comes again changes nothing, whatever it brings; what the person writes later goes in', () => {
  const sealedBy = (subjectId: string, received: MessageReceived) => ({ ...received, text: SealedText.create({ subjectId }) });
  const erased = SubjectErased.create({ erasureId: 'er_1', conversationId: 'cv_1', subjectId: 'su_1', destroyedSubjects: ['su_1', 'su_own'] });
  const history = after(opened(), sealedBy('su_1', message('m-1')), sealedBy('su_own', message('m-2')), sealedBy('su_2', message('m-3')), erased);
  for (const id of ['m-1', 'm-2']) {
    expect(conversation.decide(history, receive(sealedBy('su_new', message(id, 'under another key'))))).toEqual({ accepted: true, events: [] });
  }
  expect(conversation.decide(history, receive(sealedBy('su_2', message('m-3', 'another content'))))).toMatchObject({ code: 'message-id-reused' });
  expect(conversation.decide(history, receive(sealedBy('su_new', message('m-4'))))).toMatchObject({ accepted: true, events: [{ messageId: 'm-4' }] });
});

test('whatever was received, receiving it all again gives no events', () => {
  const contents = fc.array(fc.record({ id: fc.string({ maxLength: 3 }), content: fc.constantFrom('a', 'b') }), { maxLength: 30 });
  fc.assert(
    fc.property(contents, (received) => {
      let state = after(opened());
      const taken: MessageReceived[] = [];
      for (const { id, content } of received) {
        const decision = conversation.decide(state, receive(message(id, content)));
        for (const event of decision.accepted ? decision.events : []) {
          state = conversation.evolve(state, event);
          taken.push(message(id, content));
        }
      }
      expect(new Set(taken.map(({ messageId }) => messageId)).size).toBe(taken.length);
      for (const again of taken) expect(conversation.decide(state, receive(again))).toEqual({ accepted: true, events: [] });
    }),
  );
});
