/**
 * What can be wrong with a manifest, in the user's language. Where the API server has words of its own they follow the
 * sentence, because those are what one finds in a search. The codes are those of src/shell/manifest-set.
 */
import { l10n } from 'vscode';
import { yamlText } from './yaml';

type Args = Readonly<Record<string, string | number>>;

const sentences: Readonly<Record<string, (args: Args) => string>> = {
  template: () => l10n.t('This is a template, not a manifest; render it first, for example with helm template.'),
  notAnObject: () => l10n.t('A manifest must be a mapping with apiVersion, kind and metadata.'),
  noApiVersion: () => l10n.t('apiVersion is missing: say which API the object belongs to, such as v1 or apps/v1.'),
  noKind: () => l10n.t('kind is missing: say what the object is, such as Pod or Deployment.'),
  unknownKind: (a) => l10n.t('There is no kind {kind} in {apiVersion}.', a),
  generateName: () => l10n.t('An object with generateName cannot be applied; give it a name.'),
  noName: () => l10n.t('metadata.name is missing: give the object a name.'),
};

/** Codes whose sentence says all that Kubernetes' own words say. */
const selfContained = new Set(['template', 'notAnObject', 'noApiVersion', 'noKind', 'noName']);

/** What to know of a kind that is stored and that nothing in the sandbox acts on yet. */
export function inertText(kind: string, actor: string): string {
  return l10n.t(
    'The sandbox stores this {0}, but has no {1} yet that would act on it as in a real cluster.',
    kind,
    actor,
  );
}

/** The text for a problem; `message` is the engine's English, or Kubernetes' own words. */
export function manifestText(code: string, args: Args, message: string): string {
  const yaml = yamlText(code, args);
  if (yaml !== undefined) return yaml;
  const sentence = Object.hasOwn(sentences, code) ? sentences[code]?.(args) : decodeSentence(message);
  if (sentence === undefined) return message;
  return selfContained.has(code) ? sentence : `${sentence}\n${message}`;
}

/** What Go's decoder complains about, said for people who have never seen Go. */
function decodeSentence(message: string): string | undefined {
  const unknown = /^unknown field "(.+)"$/.exec(message)?.[1];
  if (unknown !== undefined) return l10n.t('There is no field {0}.', unknown);
  const [, found, field, type] =
    /cannot unmarshal (.+?) into Go (?:struct field \w+\.([\w.]+)|value) of type (\S+)/.exec(message) ?? [];
  if (found === undefined || type === undefined) return undefined;
  const name = field?.split('.').at(-1) ?? '';
  return l10n.t('{0} must be {1}, not {2}.', name, typeText(type), foundText(found));
}

function typeText(type: string): string {
  if (type.startsWith('[]')) return l10n.t('a list');
  if (type.startsWith('map[')) return l10n.t('a mapping');
  if (/^u?int/.test(type)) return l10n.t('a whole number');
  if (type === 'bool') return l10n.t('true or false');
  if (type === 'string') return l10n.t('a text');
  return /^v\d\w*\.[A-Z]\w*(Type|Policy|Protocol|Mode|Status|Scheme|Effect|Operator|Affinity)$/.test(type)
    ? l10n.t('a text') : l10n.t('a mapping');
}

function foundText(found: string): string {
  if (found.startsWith('number')) return found === 'number' ? l10n.t('a number; quote it')
    : found.slice('number '.length);
  switch (found) {
    case 'string': return l10n.t('a text');
    case 'bool': return l10n.t('true or false');
    case 'array': return l10n.t('a list');
    case 'object': return l10n.t('a mapping');
    default: return found;
  }
}
