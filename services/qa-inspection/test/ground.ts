// What the tests of this service share: its events as the bus hands them over, and conversations answering transcripts over gRPC.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feed, Upstream } from '@deskfleet/conversation-facts/testing';
import { Sender } from '@deskfleet/protocol/conversations';
import { Conversation, ConversationServiceDefinition, Message } from '@deskfleet/protocol/conversations-service';
import { QaServiceDefinition } from '@deskfleet/protocol/qa-service';
import { ContractTerms } from '@deskfleet/protocol/terms';
import { type Caller, grpcService } from '@deskfleet/service-kit';
import { createTestInstallation, startTestService, type TestService, testCaller } from '@deskfleet/service-kit/testing';
import { service as definition } from '../src/service.ts';

export const terms = ContractTerms.create({
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  serviceWindows: [{ from: '00:00', to: '24:00' }],
  effectiveOn: '2026-01-01',
});

export interface Ground {
  readonly qa: TestService;
  readonly upstream: Upstream;
  readonly happened: Awaited<ReturnType<typeof feed>>;
  api(caller?: Partial<Caller>): ReturnType<typeof clientOf>;
  remove(): Promise<void>;
}

const clientOf = (service: TestService, caller: Partial<Caller>) =>
  service.as(testCaller({ role: 'qa-inspector', id: 'inspector-1', ...caller }), QaServiceDefinition);

export async function startGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'deskfleet-master-'));
  const installation = await createTestInstallation();
  const conversations = await startTestService(
    { name: 'conversations', migrations: [], parts: () => ({ events: [], projections: [], subscriptions: [], api: [transcripts()] }) },
    { installation },
  );
  const qa = await startTestService(definition, {
    installation,
    peers: { conversations },
    env: { DESKFLEET_MASTER_KEY: join(folder, 'master.key'), DESKFLEET_KEY_CACHE_SECONDS: '1' },
  });
  return {
    qa,
    upstream: new Upstream('v1'),
    happened: await feed(qa.kit, definition),
    api: (caller = {}) => clientOf(qa, caller),
    async remove() {
      await qa.remove();
      await conversations.remove();
      await rm(folder, { recursive: true });
    },
  };
}

/** Every conversation is one question and one answer. */
function transcripts() {
  const unused = async (): Promise<never> => {
    throw new Error('qa-inspection does not ask this');
  };
  return grpcService(ConversationServiceDefinition, {
    getConversation: async ({ conversationId }) =>
      Conversation.create({
        customerName: 'b***6',
        messages: [
          Message.create({ messageId: `${conversationId}-0`, sentAt: 1, sender: Sender.SENDER_CUSTOMER, text: '在吗' }),
          Message.create({ messageId: `${conversationId}-1`, sentAt: 2, sender: Sender.SENDER_AGENT, account: 'seat', text: '亲，在的' }),
        ],
      }),
    startImport: unused,
    importChunk: unused,
    finishImport: unused,
    getImport: unused,
    listImports: unused,
    receiveWebhook: unused,
    connectChannel: unused,
    listConversations: unused,
    listWaiting: unused,
    eraseSubject: unused,
    getErasure: unused,
    listErasures: unused,
    placeLegalHold: unused,
    releaseLegalHold: unused,
    findPersons: unused,
    listLegalHolds: unused,
  });
}
