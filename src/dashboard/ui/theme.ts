import { useSyncExternalStore } from 'react';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'revenium-theme';
const listeners = new Set<() => void>();

function stored(): Theme {
  try {
    const text = window.localStorage.getItem(STORED);
    return THEMES.find((theme) => theme === text) ?? 'auto';
  } catch {
    return 'auto';
  }
}

let current = stored();

function apply(): void {
  if (current === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current;
}
apply();

/** Kept in this browser: how one likes to read is not part of what a link shows. */
export function setTheme(theme: Theme): void {
  current = theme;
  apply();
  try {
    window.localStorage.setItem(STORED, theme);
  } catch {
    // A browser that keeps nothing still shows it until the page is closed.
  }
  listeners.forEach((listener) => listener());
}

export const useTheme = (): Theme =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
