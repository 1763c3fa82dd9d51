// conversations: takes messages in, seals them, and alone serves transcripts. The only file that knows every part.
import {
  ChannelConnected,
  ConversationImported,
  ConversationOpened,
  ErasureCompleted,
  ErasureKeysDestroyed,
  ErasureStarted,
  ImportChunkTaken,
  ImportFinished,
  ImportLinesRejected,
  ImportStarted,
  LegalHoldPlaced,
  LegalHoldReleased,
  MessageReceived,
  SubjectErased,
} from '@deskfleet/protocol/conversations';
import { openKeyring, runService, type ServiceDefinition } from '@deskfleet/service-kit';
import { api } from './api.ts';
import { idleImports, markImported } from './import/finish-import.ts';
import { channels } from './projections/channels.ts';
import { conversations } from './projections/conversations.ts';
import { erasedConversations, erasures, legalHolds } from './projections/erasures.ts';
import { importedConversations, imports, rejectedLines } from './projections/imports.ts';
import { keysDestroyed } from './subscriptions/keys-destroyed.ts';
import { knownShops } from './subscriptions/shops.ts';
import { completeErasures, destroyKeys, eraseAgain } from './work/erasing.ts';

export const service: ServiceDefinition = {
  name: 'conversations',
  migrations: new URL('../migrations/', import.meta.url),
  async parts(kit) {
    const { keyring, listener } = await openKeyring(kit);
    return {
      events: [
        ConversationOpened,
        MessageReceived,
        ConversationImported,
        ImportStarted,
        ImportChunkTaken,
        ImportLinesRejected,
        ImportFinished,
        ChannelConnected,
        SubjectErased,
        ErasureStarted,
        ErasureKeysDestroyed,
        ErasureCompleted,
        LegalHoldPlaced,
        LegalHoldReleased,
      ],
      projections: [conversations, imports, importedConversations, rejectedLines, channels, erasures, erasedConversations, legalHolds],
      subscriptions: [knownShops, keysDestroyed],
      timers: [idleImports(kit)],
      work: [markImported(kit), eraseAgain(kit, keyring), destroyKeys(kit, keyring), completeErasures(kit)],
      api: [api(kit, keyring)],
      listeners: [listener],
    };
  },
};

if (import.meta.main) await runService(service);
