// conversations: takes messages in, seals them, and alone serves transcripts. The only file that knows every part.
import { ensureMasterKeyFile, Keyring, openKeyDatabase, readMasterKey } from '@deskfleet/event-store/sealing';
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
import { runService, type ServiceDefinition } from '@deskfleet/service-kit';
import { api } from './api.ts';
import { idleImports, markImported } from './import/finish-import.ts';
import { channels } from './projections/channels.ts';
import { conversations } from './projections/conversations.ts';
import { erasedConversations, erasures, legalHolds } from './projections/erasures.ts';
import { importedConversations, imports, rejectedLines } from './projections/imports.ts';
import { notesErased } from './subscriptions/notes-erased.ts';
import { knownShops } from './subscriptions/shops.ts';
import { completeErasures, destroyKeys, eraseAgain } from './work/erasing.ts';

/** Connections to the key database: a chunk needs one at a time. */
const KEY_CONNECTIONS = 2;

export const service: ServiceDefinition = {
  name: 'conversations',
  migrations: new URL('../migrations/', import.meta.url),
  async parts(kit) {
    const { masterKeyFile, databaseUrl, cacheMs } = kit.keys;
    if (masterKeyFile === undefined) throw new Error('DESKFLEET_MASTER_KEY: missing, expected the path of the file that holds the master key');
    // Made at a first start. A lost key is not replaced by it: every vendor's keys name the master key they need.
    ensureMasterKeyFile(masterKeyFile);
    const keys = await openKeyDatabase(databaseUrl, { maxConnections: KEY_CONNECTIONS });
    const keyring = new Keyring(keys, readMasterKey(masterKeyFile), kit.now, cacheMs);
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
      subscriptions: [knownShops, notesErased],
      timers: [idleImports(kit)],
      work: [markImported(kit), eraseAgain(kit, keyring), destroyKeys(kit, keyring), completeErasures(kit)],
      api: [api(kit, keyring)],
      listeners: [{ name: 'key database', start: async () => undefined, close: () => keys.end() }],
    };
  },
};

if (import.meta.main) await runService(service);
