import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useAddress } from '../address/address.ts';
import { keepWanted } from '../address/wanted.ts';
import { call } from '../api/client.ts';
import type { SessionAnswer } from '../api/session.ts';
import { SESSION_URL } from '../api/session.ts';
import { EntryPage } from './entry.tsx';

/** Why the identity provider's answer did not sign anybody in. */
const REFUSALS: Readonly<Record<string, string>> = {
  'no-email': 'Your account there has no confirmed e-mail address, and without one nobody here knows who you are.',
  'not-allowed': 'You are signed in there, but have no place here. An administrator can give you one.',
};
const REFUSED = 'Signing in with your organisation’s account did not work. Try again.';

interface SignInProps {
  methods: SessionAnswer['methods'];
  /** Somebody was signed in here a moment ago. */
  ended?: boolean;
}

/** By an API key or the administrator's password; both go to this server and stay nowhere in the browser. */
export function SignIn({ methods, ended = false }: SignInProps) {
  const { path, params } = useAddress();
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (secret: string) =>
      call('POST', SESSION_URL, secret.startsWith('hak_') ? { key: secret } : { password: secret }),
    onSuccess: () => client.resetQueries({ queryKey: [SESSION_URL] }),
  });
  useEffect(() => {
    document.title = 'Sign in · Revenium';
    // What was shown to one person is not there for the next.
    client.removeQueries({ predicate: ({ queryKey: [url] }) => url !== SESSION_URL });
  }, [client]);
  const refusal = params.get('error');
  return (
    <EntryPage>
      <header>
        <h1>Sign in</h1>
        <p className="muted">
          {ended
            ? 'You are signed out. Sign in to go on where you were.'
            : 'See how your organisation uses its coding assistants.'}
        </p>
      </header>
      {refusal !== null && !signIn.error && (
        <p className="form-error" role="alert">
          {REFUSALS[refusal] ?? REFUSED}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const secret = new FormData(event.currentTarget).get('secret');
          if (typeof secret === 'string' && secret.trim() !== '') signIn.mutate(secret.trim());
        }}
      >
        <label htmlFor="secret">{methods.password ? 'Key or administrator’s password' : 'Key'}</label>
        <input
          id="secret"
          className="field"
          name="secret"
          type="password"
          required
          autoFocus
          autoComplete="current-password"
          aria-describedby="secret-help"
        />
        <p id="secret-help" className="muted">
          A key begins with <code>hak_</code>. The first start of the server printed one; an administrator hands out
          others under Settings.
        </p>
        {signIn.error && (
          <p className="form-error" role="alert">
            {signIn.error.message}
          </p>
        )}
        <button type="submit" className="button primary" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
      {methods.oidc && (
        <a
          className="button"
          href="/api/session/oidc"
          onClick={() =>
            path !== '/sign-in' && path !== '/' && keepWanted(window.location.pathname + window.location.search)
          }
        >
          Sign in with your organisation’s account
        </a>
      )}
    </EntryPage>
  );
}
