const STORED = 'revenium-wanted';

/** Before somebody leaves for the identity provider, who sends them back to the first page. */
export function keepWanted(address: string): void {
  try {
    window.sessionStorage.setItem(STORED, address);
  } catch {
    // A browser that keeps nothing leads to the overview.
  }
}

/** Where somebody was when they left to sign in; once. */
export function takeWanted(): string | null {
  try {
    const wanted = window.sessionStorage.getItem(STORED);
    window.sessionStorage.removeItem(STORED);
    return wanted;
  } catch {
    return null;
  }
}
