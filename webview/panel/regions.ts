/** The large parts of the panel, from one to the other by F6. */

/** Gives the focus to the first thing in a region that takes it. */
export function focusIn(region: HTMLElement | undefined): void {
  region?.querySelector<HTMLElement>('vscode-button:not([disabled]), [tabindex="0"]')?.focus();
}

/** Goes to the region after, or before, the one that has the focus; hidden ones are passed over. */
export function focusNextRegion(regions: readonly HTMLElement[], back: boolean): void {
  const shown = regions.filter((element) => !element.hidden);
  const at = shown.findIndex((element) => element.contains(document.activeElement));
  focusIn(shown[(at + (back ? -1 : 1) + shown.length) % shown.length]);
}
