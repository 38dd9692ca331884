import { ApiError } from '../api/client.ts';

/** What went wrong, in the server's words, and a way on. */
export function Failed({ error, retry }: { error: Error; retry: () => void }) {
  const forbidden = error instanceof ApiError && error.status === 403;
  return (
    <div className="notice" role="alert">
      <strong>{forbidden ? 'This is not yours to see' : 'This could not be loaded'}</strong>
      <span>{error.message}</span>
      {!forbidden && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
