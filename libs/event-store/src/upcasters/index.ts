// Every upcaster of the project: one list, so that the owner and all its subscribers read an old event alike.
import { type Upcasters, upcastersOf } from '../upcasting.ts';
import { contractSigned } from './contract-signed.ts';
import { conversationQueued } from './conversation-queued.ts';

export const upcasters: Upcasters = upcastersOf([contractSigned, conversationQueued]);
