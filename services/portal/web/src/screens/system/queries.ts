// What the operations pages ask, and how an event is addressed.
import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';

const EVERY_MS = 5_000;
const SAMPLES_EVERY_MS = 15_000;

export const useOperations = () =>
  useQuery({ queryKey: ['system', 'operations'], queryFn: () => ask(api.GET('/system/operations')), refetchInterval: EVERY_MS });

export const useSamples = () =>
  useQuery({ queryKey: ['system', 'samples'], queryFn: () => ask(api.GET('/system/samples')), refetchInterval: SAMPLES_EVERY_MS });

export const useHeld = () =>
  useQuery({
    queryKey: ['system', 'held'],
    queryFn: () => ask(api.GET('/system/parked', { params: { query: { state: 'parked' } } })),
    refetchInterval: EVERY_MS,
  });

/** The page of an event. */
export const eventPath = (source: string, position: number): string => `/system/events/${encodeURIComponent(source)}/${position}`;

/** The last part of a full message name. */
export const shortType = (type: string): string => type.split('.').at(-1) ?? type;
