// What the pages of living together ask. client-onboarding's events move them: their topic is `shops`.
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import type { components } from '../../api/schema.d.ts';

export type Question = components['schemas']['Question'];
export type WeaknessState = components['schemas']['WeaknessState'];
export type Suggestion = components['schemas']['Suggestion'];
export type Meeting = components['schemas']['Meeting'];
export type Supervision = components['schemas']['Supervision'];
export type Consent = components['schemas']['Consent'];

const PAGE = 50;

interface QuestionsOf {
  shopIds: readonly string[];
  state?: 'open' | 'answered' | 'withdrawn';
  openAtEndOf?: string;
}

export const questionsQuery = ({ shopIds, state, openAtEndOf }: QuestionsOf) =>
  queryOptions({
    queryKey: ['shops', 'questions', shopIds, state, openAtEndOf],
    queryFn: () =>
      ask(
        api.GET('/questions', {
          params: {
            query: { shopIds: [...shopIds], size: PAGE, ...(state === undefined ? {} : { state }), ...(openAtEndOf === undefined ? {} : { openAtEndOf }) },
          },
        }),
      ),
  });

export const questionQuery = (questionId: string) =>
  queryOptions({ queryKey: ['shops', 'question', questionId], queryFn: () => ask(api.GET('/questions/{questionId}', { params: { path: { questionId } } })) });

export const knowledgeQuery = (shopId: string, search: string) =>
  queryOptions({
    queryKey: ['shops', 'knowledge', shopId, search],
    queryFn: () => ask(api.GET('/shops/{shopId}/knowledge', { params: { path: { shopId }, query: { search } } })),
    placeholderData: (before) => before,
  });

export const supervisionQuery = (contractId: string, range: { from: string; to: string }) =>
  queryOptions({
    queryKey: ['shops', 'supervision', contractId, range.from, range.to],
    queryFn: () => ask(api.GET('/contracts/{contractId}/supervision', { params: { path: { contractId }, query: range } })),
  });

export const meetingsQuery = (contractId: string) =>
  queryOptions({
    queryKey: ['shops', 'meetings', contractId],
    queryFn: () => ask(api.GET('/contracts/{contractId}/meetings', { params: { path: { contractId } } })),
  });
