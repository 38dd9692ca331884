import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { getJson } from './client.ts';

/** Filled by `revenium-server demo`. */
export const DEMO_ORGANIZATION = 'demo';

export type Scope = 'ingest' | 'member' | 'manager' | 'admin';

/** As the server says it, of anybody. */
export interface SessionAnswer {
  signedIn: boolean;
  org: string | null;
  /** That this person may look at. */
  organizations: readonly string[];
  scope: Scope | null;
  email: string | null;
  name: string | null;
  person: string | null;
  methods: { key: boolean; password: boolean; oidc: boolean };
}

/** Who is looking. */
export interface Session extends SessionAnswer {
  org: string;
  scope: Scope;
}

export const isSignedIn = (answer: SessionAnswer): answer is Session =>
  answer.signedIn && answer.org !== null && answer.scope !== null;

export const SESSION_URL = '/api/session';

export const useSessionQuery = () =>
  useQuery({
    queryKey: [SESSION_URL],
    queryFn: ({ signal }) => getJson<SessionAnswer>(SESSION_URL, signal),
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
