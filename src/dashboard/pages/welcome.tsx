import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { navigate } from '../address/address.ts';
import { call } from '../api/client.ts';
import { SESSION_URL } from '../api/session.ts';
import { Command } from '../ui/command.tsx';
import { EntryPage } from './entry.tsx';

/** Where an invitation's link leads. Its token stands behind the #, which no server ever sees. */
export function Welcome() {
  const client = useQueryClient();
  const [token] = useState(() => window.location.hash.slice(1));
  const accept = useMutation({
    mutationFn: () => call<{ key: string | null }>('POST', SESSION_URL, { invitation: token }),
    onSuccess: () => window.history.replaceState(null, '', '/welcome'),
  });
  const enter = async (): Promise<void> => {
    navigate('/overview', { replace: true });
    await client.resetQueries({ queryKey: [SESSION_URL] });
  };
  return (
    <EntryPage>
      <header>
        <h1>Welcome</h1>
        <p className="muted">You are invited to see how your organisation uses its coding assistants.</p>
      </header>
      {accept.data ? (
        <div className="secret">
          <strong>This is your own key, shown this once. Keep it to sign in again.</strong>
          <Command text={accept.data.key ?? ''} label="your key" />
          <button type="button" className="button primary" onClick={() => void enter()}>
            To the dashboard
          </button>
        </div>
      ) : (
        <>
          {(accept.error !== null || token === '') && (
            <p className="form-error" role="alert">
              {accept.error?.message ?? 'This link is not complete. Ask for a new one.'}
            </p>
          )}
          <button
            type="button"
            className="button primary"
            disabled={accept.isPending || token === ''}
            onClick={() => accept.mutate()}
          >
            Accept the invitation
          </button>
        </>
      )}
    </EntryPage>
  );
}
