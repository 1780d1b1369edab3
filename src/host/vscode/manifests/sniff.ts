/**
 * Guesses from its text whether a file holds Kubernetes or kind documents: cheaply, without the YAML parser, because it
 * is asked of every YAML file of the workspace. What it says decides where menus show, nothing more.
 */
import { looksLikeTemplate } from '../../../base/yaml/template';

export type ManifestKind = 'kubernetes' | 'kind';

/** How much of a file is looked at. */
export const sniffedCharacters = 64 * 1024;

const apiVersion = /^(?:- )?\s*["']?apiVersion["']?\s*:\s*["']?([\w./-]+)/m;
const kind = /^(?:- )?\s*["']?kind["']?\s*:\s*["']?[A-Za-z]/m;
const kindConfig = /^["']?apiVersion["']?\s*:\s*["']?kind\.x-k8s\.io\//m;
const customization = /^["']?apiVersion["']?\s*:\s*["']?kustomize\.config\.k8s\.io\//m;

/** Whether a name is that of a YAML file. */
export function isYamlName(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** What the text holds, or undefined when it is none of our business: other YAML, a Helm template, a kustomization. */
export function sniffManifest(text: string): ManifestKind | undefined {
  const head = text.length > sniffedCharacters ? text.slice(0, sniffedCharacters) : text;
  if (kindConfig.test(head)) return 'kind';
  if (!apiVersion.test(head) || !kind.test(head) || customization.test(head)) return undefined;
  return looksLikeTemplate(head) ? undefined : 'kubernetes';
}

/** The folders around a path, up to but without `root`; all paths with `/`. */
export function foldersAround(path: string, root: string): string[] {
  const folders: string[] = [];
  const end = root.endsWith('/') ? root.slice(0, -1) : root;
  for (let at = path.lastIndexOf('/'); at > end.length; at = path.lastIndexOf('/', at - 1)) {
    folders.push(path.slice(0, at));
  }
  return folders;
}
