// The contract as both sides read and sign it: numbered sentences, Chinese and English in one document, from the terms alone. What is not agreed is
// said to be so. The same terms always give the same bytes, whose SHA-256 stands in the signatures: change nothing here without knowing that.
import { createHash } from 'node:crypto';
import type { ContractTerms } from '@deskfleet/protocol/terms';
import { type Sentence, sentencesOf } from './sentences.ts';

export interface Parties {
  readonly vendorName: string;
  readonly clientName: string;
  readonly number: string;
  readonly shops: readonly { readonly shopId: string; readonly code: string; readonly name: string; readonly platform: string }[];
  /** The number of the contract that this one follows; empty = none. */
  readonly succeeds: string;
}

/** The whole text, ending with a line break. */
export function contractText(parties: Parties, terms: ContractTerms): string {
  const { vendorName, clientName, number, shops, succeeds } = parties;
  const names = shops.map(({ name, code, platform }) => `${name} (${code}, ${platform})`);
  const sentences: Sentence[] = [
    { zh: `甲方（客户）：${clientName}。乙方（服务商）：${vendorName}。`, en: `Client: ${clientName}. Vendor: ${vendorName}.` },
    { zh: `服务店铺：${names.join('、')}。`, en: `Shops served: ${names.join(', ')}.` },
    ...(succeeds === '' ? [] : [{ zh: `本合同接续合同 ${succeeds}。`, en: `This contract follows contract ${succeeds}.` }]),
    ...sentencesOf(terms, new Map(shops.map(({ shopId, name }) => [shopId, name]))),
  ];
  const body = sentences.map(({ zh, en }, index) => `${index + 1}. ${zh}\n   ${en}`);
  return [`客服外包合同 ${number}`, `Customer service contract ${number}`, '', ...body, ''].join('\n');
}

/** SHA-256 of the text's UTF-8 bytes, in hex. */
export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where the object store keeps a contract's text. */
export function textKey(contractId: string, hash: string): string {
  return `contract-texts/${contractId}/${hash}`;
}
