// What people write here in their own words: 1 to 4,000 characters, sealed under the contract's key.
import { refuseCall } from '@deskfleet/service-kit';
import type { Found, Sealed, SealedText } from '../sealed.ts';

/** Characters. */
const TEXT_LIMIT = 4_000;

/** Refuses `text-missing` with its place. */
export function textIn(text: string, field: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > TEXT_LIMIT)
    refuseCall('text-missing', { field, found: `${trimmed.length} characters`, expected: `1 to ${TEXT_LIMIT} characters` });
  return trimmed;
}

/** Seals texts of a contract; each is bound to what it belongs to (`of`) and its field. */
export async function sealFor(
  sealed: Sealed,
  vendorId: string,
  contractId: string,
  texts: readonly { readonly of: string; readonly field: string; readonly text: string }[],
): Promise<SealedText[]> {
  return sealed.seal(vendorId, { kind: 'contract', id: contractId }, texts);
}

/** Opens what was found; '' where the key was destroyed. */
export async function openAll(sealed: Sealed, vendorId: string, found: readonly Found[]): Promise<string[]> {
  return (await sealed.open(vendorId, found)).map((text) => text ?? '');
}

/** Where the texts stand: sealed there they open nowhere else. */
export const places = {
  question: (questionId: string) => ({ of: questionId, field: 'question' }),
  answer: (questionId: string, version: number) => ({ of: questionId, field: `answer/${version}` }),
  weakness: (key: string) => ({ of: key, field: 'weakness' }),
  remedy: (key: string) => ({ of: key, field: 'remedy' }),
  suggestion: (suggestionId: string) => ({ of: suggestionId, field: 'suggestion' }),
};
