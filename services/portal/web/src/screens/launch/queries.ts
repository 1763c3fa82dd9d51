// A launch and its trial card as the portal answers them, and what every command on a launch does once it went through.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import type { components } from '../../api/schema.d.ts';

type Schemas = components['schemas'];
export type Launch = Schemas['Launch'];
export type LaunchGate = Schemas['LaunchGate'];
export type LaunchTraining = Schemas['LaunchTraining'];
export type LaunchInformation = Schemas['LaunchInformation'];
export type LaunchBatch = Schemas['LaunchBatch'];
export type LaunchTrial = Schemas['LaunchTrial'];
export type TrialCard = Schemas['TrialCard'];
export type Consent = Schemas['Consent'];

export const launchQuery = (contractId: string) =>
  queryOptions({
    queryKey: ['shops', 'launch', contractId],
    queryFn: () => ask(api.GET('/contracts/{contractId}/launch', { params: { path: { contractId } } })),
  });

export const trialQuery = (contractId: string) =>
  queryOptions({ queryKey: ['sla', 'trial', contractId], queryFn: () => ask(api.GET('/contracts/{contractId}/trial', { params: { path: { contractId } } })) });

/** Runs a command on a launch; when it went through, the launch, its trial and what waits are asked again. */
export function useAct(contractId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (call: () => Promise<unknown>) => call(),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['shops', 'launch', contractId] });
      await cache.invalidateQueries({ queryKey: ['sla', 'trial', contractId] });
      void cache.invalidateQueries({ queryKey: ['floor', 'waiting'] });
    },
  });
}
