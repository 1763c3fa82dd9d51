// What the screens of drafts and signatures ask. All of it belongs to the topic shops: client-onboarding's log.
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import type { components } from '../../api/schema.d.ts';
import type { ContractTermsInput } from '../../api/types.ts';

export type ContractDraft = components['schemas']['ContractDraft'];
export type TermsProblem = components['schemas']['TermsProblem'];

export const draftQuery = (contractId: string) =>
  queryOptions({
    queryKey: ['shops', 'draft', contractId],
    queryFn: () => ask(api.GET('/contract-drafts/{contractId}', { params: { path: { contractId } } })),
  });

export const textQuery = (contractId: string, textHash: string) =>
  queryOptions({
    queryKey: ['shops', 'text', contractId, textHash],
    queryFn: () => ask(api.GET('/contracts/{contractId}/text', { params: { path: { contractId } } })),
  });

export const templatesQuery = queryOptions({ queryKey: ['shops', 'templates'], queryFn: () => ask(api.GET('/contract-templates')) });

/** What keeps terms from being signed, while they are written. Not of the topic: nothing of it is stored. */
export const problemsQuery = (shopIds: readonly string[], terms: ContractTermsInput) =>
  queryOptions({
    queryKey: ['terms-problems', shopIds, terms],
    queryFn: () => ask(api.POST('/contract-drafts/check', { body: { shopIds: [...shopIds], terms } })),
    placeholderData: (before) => before,
  });
