import type { ComponentType } from 'react';
import { createElement } from 'react';
import type { Scope } from './api/session.ts';
import { ASSISTANTS } from './format/names.ts';
import type { ComponentFile } from './loaded.ts';
import { AssistantPage } from './pages/assistant.tsx';
import { Overview } from './pages/overview.tsx';

export interface PageEntry {
  path: string;
  title: string;
  /** Where it stands in the navigation; null: reached from other pages only. */
  group: 'Usage' | 'Assistants' | 'Insight' | 'Administration' | null;
  atLeast: Scope;
  /** What is there from the start, or where it comes from. */
  component: ComponentType | null;
  load: ComponentFile | null;
}

const page = (path: string, title: string, group: PageEntry['group'], component: ComponentType): PageEntry => ({
  ...{ path, title, group, component },
  atLeast: 'member',
  load: null,
});

const later = (
  path: string,
  title: string,
  group: PageEntry['group'],
  load: ComponentFile,
  atLeast: Scope = 'member',
): PageEntry => ({ path, title, group, atLeast, component: null, load });

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
  later('/users', 'People', 'Usage', () => import('./pages/users.tsx')),
  later('/user', 'Person', null, () => import('./pages/user.tsx')),
  later('/sessions', 'Sessions', 'Usage', () => import('./pages/sessions.tsx')),
  later('/session', 'Session', null, () => import('./pages/session.tsx')),
  later('/leaderboard', 'Leaderboard', 'Usage', () => import('./pages/leaderboard.tsx')),
  later('/adoption', 'Adoption', 'Insight', () => import('./pages/adoption.tsx')),
  later('/value', 'Value', 'Insight', () => import('./pages/value.tsx')),
  later('/models', 'Models', 'Insight', () => import('./pages/models.tsx')),
  later('/patterns', 'Patterns', 'Insight', () => import('./pages/patterns.tsx')),
  later('/data-quality', 'Data quality', 'Insight', () => import('./pages/data-quality.tsx'), 'manager'),
  later('/start', 'Set up metering', 'Administration', () => import('./pages/start.tsx')),
  later('/alerts', 'Alerts', 'Administration', () => import('./pages/alerts.tsx'), 'admin'),
  later('/settings', 'Settings', 'Administration', () => import('./pages/settings/keys.tsx'), 'admin'),
  later('/settings/people', 'People', null, () => import('./pages/settings/people.tsx'), 'admin'),
  later('/settings/seats', 'Seats', null, () => import('./pages/settings/seats.tsx'), 'admin'),
  later('/settings/identities', 'Identities', null, () => import('./pages/settings/identities.tsx'), 'admin'),
  later('/settings/imports', 'CSV import', null, () => import('./pages/settings/imports.tsx'), 'admin'),
  later('/settings/audit', 'Audit', null, () => import('./pages/settings/audit.tsx'), 'admin'),
  later('/settings/connections', 'Connections', null, () => import('./pages/settings/connections.tsx'), 'admin'),
  later('/settings/targets', 'Targets', null, () => import('./pages/settings/targets.tsx'), 'admin'),
];
