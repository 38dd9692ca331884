import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { SESSION_URL } from './api/session.ts';
import { App } from './app.tsx';
import { preload } from './loaded.ts';
import { PAGES } from './pages.ts';
import './styles/main.css';
import { Boundary } from './ui/boundary.tsx';
import './ui/theme.ts';

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whoever was signed in may not be any more: asked, so that the page can say so.
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: [SESSION_URL] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What the caller did wrong stays wrong; what the server could not do at the moment is worth another try.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
  },
});

preload(PAGES.find(({ path }) => path === window.location.pathname)?.load ?? null);

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Boundary>
          <App />
        </Boundary>
      </QueryClientProvider>
    </StrictMode>,
  );
