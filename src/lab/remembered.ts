/** What was kept under a name for the next visit, `null` if nothing was. */
export function remembered(name: string): string | null {
  // A browser that keeps nothing for this site throws; what is chosen then lasts as long as the page.
  try {
    return localStorage.getItem(`icejam.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a text under a name for the next visit; `null` forgets it. */
export function remember(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(`icejam.${name}`);
    else localStorage.setItem(`icejam.${name}`, text);
  } catch {
    return;
  }
}
