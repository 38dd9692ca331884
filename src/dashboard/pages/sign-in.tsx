import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { navigate, useAddress } from '../address/address.ts';
import { call } from '../api/client.ts';
import type { SessionAnswer } from '../api/session.ts';
import { SESSION_URL } from '../api/session.ts';
import { EntryPage } from './entry.tsx';

/** By an API key or the administrator's password; both go to this server and stay nowhere in the browser. */
export function SignIn({ methods }: { methods: SessionAnswer['methods'] }) {
  const { path, params } = useAddress();
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: (secret: string) =>
      call('POST', SESSION_URL, secret.startsWith('hak_') ? { key: secret } : { password: secret }),
    onSuccess: async () => {
      await client.resetQueries({ queryKey: [SESSION_URL] });
      if (path === '/sign-in' || path === '/') navigate(params.get('next') ?? '/overview', { replace: true });
    },
  });
  useEffect(() => {
    document.title = 'Sign in · Revenium';
  }, []);
  return (
    <EntryPage>
      <header>
        <h1>Sign in</h1>
        <p className="muted">See how your organisation uses its coding assistants.</p>
      </header>
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
        <a className="button" href="/api/session/oidc">
          Sign in with your organisation’s account
        </a>
      )}
    </EntryPage>
  );
}
