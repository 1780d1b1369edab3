/** The theme families that every page must look right in, as VS Code names them and as it paints webviews. */
import variables from './themes.json';

export type Theme = 'dark' | 'light' | 'hc-dark' | 'hc-light';

/** The value of `workbench.colorTheme`. */
export const themeNames: Readonly<Record<Theme, string>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'hc-dark': 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
};

const kinds: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'hc-dark': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
};

/** The value of `data-vscode-theme-kind` on a webview's body. */
export function themeKind(theme: Theme): string {
  return kinds[theme];
}

/** The classes on a webview's body; light high contrast carries the dark one's class too, for older pages. */
export function themeClass(theme: Theme): string {
  return theme === 'hc-light' ? 'vscode-high-contrast-light vscode-high-contrast' : kinds[theme];
}

/** The `--vscode-*` variables on a webview's root element, read from a running VS Code (scripts/theme-colours.ts). */
export function themeVariables(theme: Theme): Readonly<Record<string, string>> {
  return variables[theme];
}
