import type { ComponentType } from 'react';
import { lazy } from 'react';
import type { Scope } from './api/session.ts';
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
): PageEntry => ({
  path,
  title,
  group,
  atLeast,
  component,
});

/** Every page, in the order of the navigation. */
export const PAGES: readonly PageEntry[] = [page('/overview', 'Overview', 'Usage', Overview)];
void lazy;
