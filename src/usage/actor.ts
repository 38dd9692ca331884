import type { ActorRank } from './merge.ts';

/** Who an event belongs to, as far as its source knows. Namespaced: `email:ada@acme.com`, `user:<installation>`. */
export interface ActorClaim {
  actor: string | null;
  rank: ActorRank;
  /** The assistant's own login e-mail, kept beside a configured one so that a difference can be shown. */
  login: string | null;
}

const email = (value: string | null | undefined): string | null => {
  const text = value?.trim().toLowerCase();
  return text?.includes('@') ? text : null;
};

/** What a client's telemetry can say of its user; resource attributes come from setup, the rest from the client. */
export interface ActorHints {
  /** `user.email` of the resource: what setup configured for attribution. */
  configuredEmail?: string | null;
  /** `user.email` of the record: the login. */
  loginEmail?: string | null;
  accountId?: string | null;
  /** The installation's own random id. */
  userId?: string | null;
}

export function telemetryActor(hints: ActorHints): ActorClaim {
  const configured = email(hints.configuredEmail);
  const login = email(hints.loginEmail);
  if (configured) return { actor: `email:${configured}`, rank: 6, login };
  if (login) return { actor: `email:${login}`, rank: 5, login };
  if (hints.accountId) return { actor: `account:${hints.accountId}`, rank: 3, login };
  if (hints.userId) return { actor: `user:${hints.userId}`, rank: 2, login };
  return { actor: null, rank: 0, login };
}

/** A history import knows only the e-mail configured on the machine. */
export function backfillActor(configuredEmail: string | null): ActorClaim {
  const configured = email(configuredEmail);
  return { actor: configured && `email:${configured}`, rank: configured ? 4 : 0, login: null };
}

export function emailActor(value: string | null): string | null {
  const found = email(value);
  return found && `email:${found}`;
}
