// What every side of the append benches stores: a customer's sealed message, the same fact in each side's own form.
import { randomBytes } from 'node:crypto';

export const VENDOR = 'vendor-bench';
export const SHOP = 'sh_vk3q6jv5u2m5x4ohg7s2wq2m4a';
const TEXT_BYTES = 120;
const FINGERPRINT_BYTES = 32;
const RANDOM = randomBytes(64 * 1024);

let messages = 0;

/** A customer's sealed message. Its bytes are taken from one random block, so that making them costs no side anything. */
export function message(streamId: string) {
  messages += 1;
  const messageId = `message-${messages}`;
  const at = messages % (RANDOM.length - TEXT_BYTES);
  return {
    facts: { conversationId: streamId, messageId, sentAt: Date.now(), ordinal: 1, account: '', customerSubject: 'su_5f3q6jv5u2m5x4ohg7s2wq2m4a', importId: '' },
    ciphertext: RANDOM.subarray(at, at + TEXT_BYTES),
    fingerprint: RANDOM.subarray(at, at + FINGERPRINT_BYTES),
  };
}

/** The message as JSON stores keep it. */
export function messageAsJson(streamId: string) {
  const { facts, ciphertext, fingerprint } = message(streamId);
  return {
    data: { ...facts, sender: 'customer', text: ciphertext.toString('base64'), fingerprint: fingerprint.toString('base64') },
    metadata: { vendorId: VENDOR, shopId: SHOP, correlationId: facts.messageId, commandId: facts.messageId },
  };
}
