import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { getJson } from './client.ts';

export type Scope = 'ingest' | 'member' | 'manager' | 'admin';

/** Who is looking. */
export interface Session {
  org: string;
  scope: Scope;
  email: string | null;
  /** May look at every organisation of this server. */
  operator: boolean;
  organizations: readonly string[];
}

export const SESSION_URL = '/api/session';

export const useSessionQuery = () =>
  useQuery({
    queryKey: [SESSION_URL],
    queryFn: ({ signal }) => getJson<Session>(SESSION_URL, signal),
    retry: false,
    staleTime: Infinity,
  });

export const SessionContext = createContext<Session | null>(null);

/** Inside the shell, where somebody is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('this part is shown to people who are signed in only');
  return session;
}

/** The organisation that is looked at: one's own, for an operator also another. */
export const OrganizationContext = createContext<string>('');
export const useOrganization = (): string => useContext(OrganizationContext);

const RANK: readonly Scope[] = ['ingest', 'member', 'manager', 'admin'];
export const mayAtLeast = (session: Session, scope: Scope): boolean =>
  RANK.indexOf(session.scope) >= RANK.indexOf(scope);
