/**
 * Plain data as YAML text in the form that sigs.k8s.io/yaml gives it, which is what kubeadm stores in ConfigMaps: keys
 * sorted, lists not indented under their key, strings quoted only where they would read as something else. Only the
 * shapes of kubeadm's own documents: no multi-line strings, no lists of lists.
 */
import { assert } from '../../base/assert';
import { sortedKeys } from '../../base/freeze';

/** What a document may hold. */
export type YamlData =
  | string | number | boolean | null | readonly YamlData[] | { readonly [key: string]: YamlData };

/** The document, ending in a newline. */
export function yamlText(data: { readonly [key: string]: YamlData }): string {
  return `${mappingLines(data).join('\n')}\n`;
}

function mappingLines(data: { readonly [key: string]: YamlData }): string[] {
  return sortedKeys(data).flatMap((key) => {
    const value = data[key] ?? null;
    if (isScalarOrEmpty(value)) return [`${key}: ${scalar(value)}`];
    if (Array.isArray(value)) return [`${key}:`, ...value.flatMap(itemLines)];
    return [`${key}:`, ...mappingLines(value as { readonly [key: string]: YamlData }).map((line) => `  ${line}`)];
  });
}

function itemLines(item: YamlData): string[] {
  if (isScalarOrEmpty(item)) return [`- ${scalar(item)}`];
  assert(!Array.isArray(item), 'a list in a list has no form here');
  const lines = mappingLines(item as { readonly [key: string]: YamlData });
  return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

function isScalarOrEmpty(value: YamlData): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function scalar(value: YamlData): string {
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object' && value !== null) return '{}';
  return typeof value === 'string' ? quotedIfNeeded(value) : String(value);
}

const readsAsOther = /^(|~|null|true|false|yes|no|on|off|y|n|[-+]?[0-9][0-9_]*(\.[0-9]*)?)$/i;
const needsQuotes = /^[,[\]{}#&*!|>'"%@`]|^[-?:](\s|$)|: | #|:$|\s$/;

/** Go's YAML takes double quotes for what would read as another type, single ones for special characters. */
function quotedIfNeeded(text: string): string {
  assert(!text.includes('\n'), 'a multi-line string has no form here');
  if (readsAsOther.test(text)) return `"${text}"`;
  return needsQuotes.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}
