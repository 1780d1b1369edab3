/** Reads package.json and the texts in both languages, for the tests that hold them against each other. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';

/** A command as package.json declares it. */
export interface CommandContribution {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
}

/** As much of package.json as the tests look at by name. */
export interface Manifest {
  readonly main: string;
  readonly browser?: string;
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly activationEvents?: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: boolean };
    readonly virtualWorkspaces: boolean;
  };
  readonly contributes?: {
    readonly commands?: readonly CommandContribution[];
    readonly menus?: Readonly<Record<string, readonly { readonly command?: string; readonly submenu?: string }[]>>;
    readonly submenus?: readonly { readonly id: string }[];
    readonly keybindings?: readonly { readonly command: string }[];
    readonly views?: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsContainers?: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome?: readonly { readonly view: string; readonly contents: string }[];
    readonly configuration?: unknown;
  };
}

export const manifest = readJson<Manifest>('package.json');

/** The other languages beside English. */
export const languages = ['de'] as const;

/** Parses a JSON file of the repository. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
}

/** A file of texts by key; no file is no texts. */
export function readTexts(path: string): Readonly<Record<string, string>> {
  return existsSync(join(root, path)) ? readJson(path) : {};
}

/** A string inside a JSON value, with the names that lead to it, such as `contributes`, `commands`, `0`, `title`. */
export interface PlacedText {
  readonly path: readonly string[];
  readonly text: string;
}

/** Every string in a JSON value. */
export function stringsIn(value: unknown, path: readonly string[] = []): PlacedText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsIn(inner, [...path, key]));
}

/** The placeholders of a message, such as `{0}` and `{name}`, sorted. */
export function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([whole]) => whole).sort();
}

/** All TypeScript below a folder as one text. */
export function sourceText(folder: string): string {
  if (!existsSync(join(root, folder))) return '';
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).sort()
    .map((file) => readFileSync(join(root, folder, file), 'utf8')).join('\n');
}
