import type { ComponentType } from 'react';
import { createElement, lazy } from 'react';
import type { Scope } from './api/session.ts';
import { ASSISTANTS } from './format/names.ts';
import { AssistantPage } from './pages/assistant.tsx';
import { Overview } from './pages/overview.tsx';

export interface PageEntry {
  path: string;
  title: string;
  /** Where it stands in the navigation; null: reached from other pages only. */
  group: 'Usage' | 'Assistants' | 'Insight' | 'Administration' | null;
  atLeast: Scope;
  component: ComponentType;
}

const page = (
  path: string,
  title: string,
  group: PageEntry['group'],
  component: ComponentType,
  atLeast: Scope = 'member',
): PageEntry => ({ path, title, group, atLeast, component });

const AGENTS = new Set(['claude-code', 'gemini-cli']);
const BY_USE = new Set(['claude-cowork', 'openai']);

const assistants = ASSISTANTS.map(([id, title]) =>
  page(`/assistants/${id}`, title, 'Assistants', () =>
    createElement(AssistantPage, { id, kind: BY_USE.has(id) ? 'usage' : 'subscription', agents: AGENTS.has(id) }),
  ),
);

/** Every page, in the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  page('/overview', 'Overview', 'Usage', Overview),
  ...assistants,
  page(
    '/users',
    'People',
    'Usage',
    lazy(() => import('./pages/users.tsx')),
  ),
  page(
    '/user',
    'Person',
    null,
    lazy(() => import('./pages/user.tsx')),
  ),
  page(
    '/sessions',
    'Sessions',
    'Usage',
    lazy(() => import('./pages/sessions.tsx')),
  ),
  page(
    '/session',
    'Session',
    null,
    lazy(() => import('./pages/session.tsx')),
  ),
  page(
    '/leaderboard',
    'Leaderboard',
    'Usage',
    lazy(() => import('./pages/leaderboard.tsx')),
  ),
  page(
    '/adoption',
    'Adoption',
    'Insight',
    lazy(() => import('./pages/adoption.tsx')),
  ),
  page(
    '/value',
    'Value',
    'Insight',
    lazy(() => import('./pages/value.tsx')),
  ),
  page(
    '/models',
    'Models',
    'Insight',
    lazy(() => import('./pages/models.tsx')),
  ),
  page(
    '/patterns',
    'Patterns',
    'Insight',
    lazy(() => import('./pages/patterns.tsx')),
  ),
  page(
    '/data-quality',
    'Data quality',
    'Insight',
    lazy(() => import('./pages/data-quality.tsx')),
    'manager',
  ),
  page(
    '/start',
    'Set up metering',
    'Administration',
    lazy(() => import('./pages/start.tsx')),
  ),
  page(
    '/alerts',
    'Alerts',
    'Administration',
    lazy(() => import('./pages/alerts.tsx')),
    'admin',
  ),
  page(
    '/settings',
    'Settings',
    'Administration',
    lazy(() => import('./pages/settings/keys.tsx')),
    'admin',
  ),
  page(
    '/settings/people',
    'People',
    null,
    lazy(() => import('./pages/settings/people.tsx')),
    'admin',
  ),
  page(
    '/settings/seats',
    'Seats',
    null,
    lazy(() => import('./pages/settings/seats.tsx')),
    'admin',
  ),
  page(
    '/settings/identities',
    'Identities',
    null,
    lazy(() => import('./pages/settings/identities.tsx')),
    'admin',
  ),
  page(
    '/settings/imports',
    'CSV import',
    null,
    lazy(() => import('./pages/settings/imports.tsx')),
    'admin',
  ),
  page(
    '/settings/audit',
    'Audit',
    null,
    lazy(() => import('./pages/settings/audit.tsx')),
    'admin',
  ),
  page(
    '/settings/connections',
    'Connections',
    null,
    lazy(() => import('./pages/settings/connections.tsx')),
    'admin',
  ),
  page(
    '/settings/targets',
    'Targets',
    null,
    lazy(() => import('./pages/settings/targets.tsx')),
    'admin',
  ),
];
