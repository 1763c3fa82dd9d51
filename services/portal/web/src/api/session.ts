// Who is signed in, what they may do and the shops they see.
import { useQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import { api, ask } from './http.ts';
import type { components } from './schema.d.ts';

export type Me = components['schemas']['Me'];
export type Membership = NonNullable<Me['membership']>;
export type Role = Membership['role'];

export interface Session extends Membership {
  name: string;
}

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => ask(api.GET('/me')), staleTime: 300_000 });

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('a screen was shown without a session');
  return session;
}

/** Who reads the names behind accounts; a client does not. */
export const isVendor = (role: Role): boolean => role !== 'client';
